-- Fills a migrated, empty database for `make bench`: 1 000 businesses with 20 cashiers each, and `sessions` closed
-- sessions distributed evenly. Run by psql with `--set sessions=N`.
--
-- Ids are decimal numbers, so that a load can compute them: business b is 1 000 000 + b, cashier c of business b is
-- 2 000 000 + 20 b + c, both from 0, and the administrator is 1. Cashiers 0 to 9 of each business have an open session;
-- 10 to 19 have none. Business 1 000 is additional. It always has 20 000 closed sessions, so that its list has a page
-- 1 000.
\set ON_ERROR_STOP on
begin;

-- The rows below satisfy the foreign keys. Checking four keys for each row would take most of the time.
set local session_replication_role = replica;

-- Creating the indexes after all rows takes a third of the time.
create temporary table bench_indexes on commit drop as
select
    i.indexrelid::regclass as name,
    c.conname,
    case
        when c.conname is null then pg_get_indexdef(i.indexrelid)
        else format('alter table cash_sessions add constraint %I %s', c.conname, pg_get_constraintdef(c.oid))
    end as definition
from pg_index as i
left join pg_constraint as c on c.conindid = i.indexrelid and c.conrelid = i.indrelid
where i.indrelid = 'cash_sessions'::regclass;

select
    case
        when conname is null then format('drop index %s', name)
        else format('alter table cash_sessions drop constraint %I', conname)
    end
from bench_indexes \gexec

create function bench_id(n bigint) returns uuid
language sql immutable as $$ select lpad(n::text, 32, '0')::uuid $$;

insert into users (id, email, name, role, password_hash)
select bench_id(1), 'admin@bench.example', 'Administrator', 'ADMIN', 'none'
union all
select bench_id(2000000 + n), format('cashier%s@bench.example', n), format('Cashier %s', n), 'CASHIER', 'none'
from generate_series(0, 20019) as n;

insert into businesses (id, name, currency, time_zone)
select bench_id(1000000 + b), format('Business %s', b), 'PYG', 'America/Asuncion'
from generate_series(0, 1000) as b;

insert into business_cashiers (business_id, cashier_id)
select bench_id(1000000 + n / 20), bench_id(2000000 + n)
from generate_series(0, 20019) as n;

-- One session an hour in each business, its cashiers in turn, up to two days ago.
insert into cash_sessions (
    business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_day_cutoff,
    business_date, initial_cash, opened_at, closed_at, closed_by, final_cash, card_total, version
)
select
    bench_id(1000000 + b), bench_id(10000000000 + n), n / 1000 + 1, c.id, c.id, 'CLOSED', 'PYG', 'America/Asuncion',
    '00:00', (o.opened_at at time zone 'America/Asuncion')::date,
    150000, o.opened_at, o.opened_at + interval '8 hours', c.id, 480000, 120000, 2
from generate_series(0, :sessions - 1) as n
cross join lateral (select n % 1000 as b, n / 1000 as turn) as p
cross join lateral (select bench_id(2000000 + p.b * 20 + p.turn % 20) as id) as c
cross join lateral (
    select now() - interval '2 days' - make_interval(hours => (:sessions / 1000 - p.turn)::integer) as opened_at
) as o;

-- The list of business 1 000.
insert into cash_sessions (
    business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_day_cutoff,
    business_date, initial_cash, opened_at, closed_at, closed_by, final_cash, card_total, version
)
select
    bench_id(1001000), bench_id(30000000000 + n), n + 1, c.id, c.id, 'CLOSED', 'PYG', 'America/Asuncion',
    '00:00', (o.opened_at at time zone 'America/Asuncion')::date,
    150000, o.opened_at, o.opened_at + interval '8 hours', c.id, 480000, 120000, 2
from generate_series(0, 19999) as n
cross join lateral (select bench_id(2020000 + n % 20) as id) as c
cross join lateral (select now() - interval '2 days' - make_interval(hours => (20000 - n)::integer) as opened_at) as o;

insert into cash_sessions (
    business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_day_cutoff,
    business_date, initial_cash, opened_at
)
select
    bench_id(1000000 + b), bench_id(20000000000 + b * 10 + c), :sessions / 1000 + 1 + c,
    bench_id(2000000 + b * 20 + c), bench_id(2000000 + b * 20 + c), 'OPEN', 'PYG', 'America/Asuncion',
    '00:00', (now() at time zone 'America/Asuncion')::date, 150000, now() - interval '10 minutes'
from generate_series(0, 999) as b
cross join generate_series(0, 9) as c;

insert into business_counters (business_id, last_session_number)
select bench_id(1000000 + b), case b when 1000 then 20000 else :sessions / 1000 + 10 end
from generate_series(0, 1000) as b;

set local maintenance_work_mem = '512MB';
select definition from bench_indexes \gexec
drop function bench_id;
commit;

vacuum (analyze);
checkpoint;

-- A login for each user. bench/measure/tokens.py makes the same bearers.
insert into credentials (id, user_id, kind, name, secret_hash, expires_at)
select
    gen_random_uuid(), u.id, 'LOGIN', 'bench',
    sha256(convert_to(
        'cps_' || translate(encode(sha256(convert_to('bench/' || u.id, 'UTF8')), 'base64'), '+/=', '-_'), 'UTF8'
    )),
    now() + interval '7 days'
from users as u;
