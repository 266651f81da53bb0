-- Loads sessions of another program from standard input, all of them or none. The input is CSV with a header:
-- docs/howto/migrate-a-database-with-duplicates.md has the columns and an example.
--
--   psql "$DATABASE_URL" --no-psqlrc --file sql/operations/load_sessions.sql <sessions.csv
--
-- The header must have all columns of the table below, in this order: PostgreSQL refuses a file that lacks one. An
-- empty value of the amounts from card_total to credit_payments_collected is 0, any other empty value is unknown.
-- Amounts are in the currency that the business has now, which each session stores.
--
-- The businesses and accounts must exist, and the books of the sessions' days must be open. Each session gets an audit
-- event `import.session` with the loaded row. Clients of the event log do not get it.
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
    final_cash bigint,
    card_total bigint,
    bank_transfer_total bigint,
    envelope_amount bigint,
    expenses bigint,
    credit_sales_total bigint,
    credit_payments_collected bigint,
    declared_cash_sales bigint,
    closing_ticket text,
    terminal_id text,
    notes text,
    external_id text
) on commit drop;

\copy incoming from pstdin with (format csv, header match)
-- The file's times are read. Events have times in UTC, as the service writes them.
set local timezone = 'UTC';

-- An unknown name yields null, which the table's NOT NULL constraints reject.
with loaded as (
    insert into cash_sessions (
        business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_day_cutoff,
        business_date, initial_cash, opened_at, ended_at, closed_at, closed_by, final_cash, card_total,
        bank_transfer_total, envelope_amount, expenses, credit_sales_total, credit_payments_collected,
        declared_cash_sales, closing_ticket, terminal_id, notes, external_id
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
        b.day_cutoff,
        business_date(i.opened_at, b.time_zone, b.day_cutoff),
        i.initial_cash,
        i.opened_at,
        i.ended_at,
        i.closed_at,
        case when i.status = 'CLOSED' then u.id end,
        i.final_cash,
        coalesce(i.card_total, 0),
        coalesce(i.bank_transfer_total, 0),
        coalesce(i.envelope_amount, 0),
        coalesce(i.expenses, 0),
        coalesce(i.credit_sales_total, 0),
        coalesce(i.credit_payments_collected, 0),
        i.declared_cash_sales,
        i.closing_ticket,
        canonical_line(i.terminal_id),
        canonical_note(i.notes),
        i.external_id
    from incoming as i
    left join businesses as b on lower(b.name) = lower(canonical_line(i.business))
    left join users as u on lower(u.email) = canonical_email(i.cashier)
    returning *
)
insert into audit_events (business_id, id, action, cashier_id, session_id, terminal_id, after)
select l.business_id, gen_random_uuid(), 'import.session', l.cashier_id, l.id, l.terminal_id, to_jsonb(l)
from loaded as l;

do $$
declare
    found text;
begin
    select string_agg(format('%s of %s', i.number, i.business), ', ' order by i.business, i.number)
    into found
    from incoming as i
    join businesses as b on lower(b.name) = lower(canonical_line(i.business))
    where business_date(i.opened_at, b.time_zone, b.day_cutoff) <= b.books_closed_until;
    if found is not null then
        raise exception 'the books of these sessions'' days are closed (books_closed_until): %', left(found, 1000);
    end if;
end
$$;

insert into business_counters as c (business_id, last_session_number)
select b.id, max(i.number)
from incoming as i
join businesses as b on lower(b.name) = lower(canonical_line(i.business))
group by b.id
on conflict (business_id) do update
    set last_session_number = greatest(c.last_session_number, excluded.last_session_number);

select count(*) as loaded from incoming \gset
commit;
\echo Loaded :loaded sessions.
