-- Loads sessions of another program from standard input, all of them or none. The input is CSV with a header:
-- docs/howto/migrate-a-database-with-duplicates.md has the columns and an example.
--
--   psql "$DATABASE_URL" --no-psqlrc --file sql/operations/load_sessions.sql <sessions.csv
--
-- The businesses and accounts must exist. The audit trail starts after the load and has no events of the loaded
-- sessions.
\set ON_ERROR_STOP on
\set QUIET on
begin;

create temporary table incoming (
    business text not null,
    cashier text not null,
    number bigint not null,
    status text not null,
    opened_at timestamptz(3) not null,
    ended_at timestamptz(3),
    closed_at timestamptz(3),
    initial_cash bigint not null,
    final_cash bigint
) on commit drop;

\copy incoming from pstdin with (format csv, header match)

-- An unknown name yields null, which the table's NOT NULL constraints reject.
insert into cash_sessions (
    business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
    initial_cash, opened_at, ended_at, closed_at, closed_by, final_cash
)
select
    b.id,
    gen_random_uuid(),
    i.number,
    u.id,
    u.id,
    i.status,
    b.currency,
    b.time_zone,
    ((i.opened_at at time zone b.time_zone) - b.day_cutoff)::date,
    i.initial_cash,
    i.opened_at,
    i.ended_at,
    i.closed_at,
    case when i.status = 'CLOSED' then u.id end,
    i.final_cash
from incoming as i
left join businesses as b on lower(b.name) = lower(i.business)
left join users as u on lower(u.email) = lower(i.cashier);

insert into business_counters as c (business_id, last_session_number)
select b.id, max(i.number)
from incoming as i
join businesses as b on lower(b.name) = lower(i.business)
group by b.id
on conflict (business_id) do update
    set last_session_number = greatest(c.last_session_number, excluded.last_session_number);

select count(*) as loaded from incoming \gset
commit;
\echo Loaded :loaded sessions.
