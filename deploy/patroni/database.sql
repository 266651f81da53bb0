-- Makes the service's database and the roles it needs, once, on the primary:
--
--   PASSWORD=… psql --no-psqlrc --file database.sql
--
-- `cashpilot` owns the database: it migrates and serves. The other two cannot log in; docs/OPERATING.md, "The audit trail".
\set ON_ERROR_STOP on
\getenv password PASSWORD
create role cashpilot_app nologin;
create role cashpilot_readonly nologin;
create role cashpilot login password :'password';
grant cashpilot_app to cashpilot;
create database cashpilot owner cashpilot;
