-- Drops the one-open index while tills keep working. The index limits a cashier to one open session in a business.
-- Use it if the index itself causes harm: docs/OPERATING.md, "Rollback in production".
--
--   psql "$DATABASE_URL" --no-psqlrc --file sql/operations/rollback_guard.sql
--
-- The service continues: it locks each open-session key before it opens a session, and /readyz reports "degraded". The
-- rule no longer applies to writes that bypass the service. `cashpilot doctor --mend` and `cashpilot migrate up` build
-- the index again. So a start script with `migrate up` ends the rollback.
\set ON_ERROR_STOP on
\set QUIET on
set client_min_messages = warning;
select to_regclass('uq_cash_sessions_one_open_per_cashier_business') is not null as existed \gset
select c.relkind = 'p' as is_partitioned from pg_class as c where c.oid = to_regclass('cash_sessions') \gset

\if :is_partitioned
-- Needs an exclusive lock on the table for a moment. If it times out after 1.5 s, run this file again.
set lock_timeout = '1500ms';
drop index if exists uq_cash_sessions_one_open_per_cashier_business;
\else
-- Waits for transactions that use the table, and does not block new ones.
drop index concurrently if exists uq_cash_sessions_one_open_per_cashier_business;
\endif

\if :existed
\echo The one-open index was dropped. The service locks each open-session key, and /readyz reports degraded.
\else
\echo There was no one-open index to drop. Nothing was changed.
\endif
\echo To build the index again, run: cashpilot doctor --mend
\echo cashpilot migrate up builds it too: do not run it before.
