-- Creates the service's database and roles. Run it once, on the primary:
--
--   PASSWORD=… MIGRATOR_PASSWORD=… psql --no-psqlrc --file database.sql
--
-- `cashpilot` is the user of `serve`, `cashpilot_migrator` that of `migrate`. The other three roles have no login:
-- docs/OPERATING.md, "Who may do what in the database".
\set ON_ERROR_STOP on
\getenv password PASSWORD
\getenv migrator_password MIGRATOR_PASSWORD
create role cashpilot_owner nologin;
create role cashpilot_app nologin;
create role cashpilot_readonly nologin;
create role cashpilot_migrator login password :'migrator_password';
grant cashpilot_owner to cashpilot_migrator;
create role cashpilot login password :'password';
grant cashpilot_app to cashpilot;
create database cashpilot owner cashpilot_owner;
