-- Drops the guard, the index that keeps a cashier from having two open sessions in a business, while tills go on
-- selling. For the day on which it does harm: docs/OPERATING.md, "Rollback in production".
--
--   psql "$DATABASE_URL" --no-psqlrc --file sql/operations/rollback_guard.sql
--
-- The service goes on: it locks each slot before it opens, and /readyz says "degraded". Whoever writes past the
-- service is not held back any more. `cashpilot doctor --mend` builds the guard again.
\set ON_ERROR_STOP on
\set QUIET on
set client_min_messages = warning;
select to_regclass('uq_cash_sessions_one_open_per_cashier_business') is not null as stood \gset
select c.relkind = 'p' as is_partitioned from pg_class as c where c.oid = to_regclass('cash_sessions') \gset

\if :is_partitioned
-- Needs the table to itself for a moment. If it cannot have it, run this again.
set lock_timeout = '1500ms';
drop index if exists uq_cash_sessions_one_open_per_cashier_business;
\else
-- Waits for transactions that use the table, and lets new ones pass meanwhile.
drop index concurrently if exists uq_cash_sessions_one_open_per_cashier_business;
\endif

\if :stood
\echo The guard was dropped. The service locks each slot before it opens, and /readyz says degraded.
\else
\echo There was no guard to drop. Nothing was changed.
\endif
\echo To build it again: cashpilot doctor --mend
