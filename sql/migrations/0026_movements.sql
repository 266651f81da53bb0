-- migrate:up transaction:false

-- Adds movements of cash, and what they add up to in the row of their session:
-- docs/decisions/0043-sums-in-the-session.md. A business can count blind:
-- docs/decisions/0045-nothing-before-the-count.md.
--
-- Existing rows stay valid: no session has a movement. The columns have constant defaults, so no table is rewritten.
-- Tills keep working. Two tables are locked for a moment to add their columns. While an index is built, reads continue
-- and changes of sessions wait: about 1 s for a million sessions. A run that was interrupted can be repeated.

set lock_timeout = '1500ms';

alter table businesses
    -- Whether cashiers see what is expected only after their count.
    add column if not exists blind_count boolean not null default false;
grant update (blind_count) on businesses to cashpilot_app;

alter table cash_sessions
    add column if not exists recorded_movements integer not null default 0,
    -- Whether a sale or a refund was recorded, also one that was reversed. Then the declared sales are only compared.
    add column if not exists records_sales boolean not null default false,
    -- Net sums: a reversal subtracts.
    add column if not exists recorded_cash_sales money_amount not null default 0,
    add column if not exists recorded_cash_refunds money_amount not null default 0,
    add column if not exists recorded_paid_in money_amount not null default 0,
    add column if not exists recorded_paid_out money_amount not null default 0,
    -- The part of paid_out that is an expense.
    add column if not exists recorded_expenses money_amount not null default 0,
    add column if not exists recorded_drops money_amount not null default 0,
    -- The hash of the last movement.
    add column if not exists recorded_hash bytea,
    -- How many movements were recorded after the close.
    add column if not exists late_movements integer not null default 0,
    -- Whether the session is counted, and the declared sales are not the recorded ones. A trigger writes it. The list
    -- of sessions that need a review has an index on it: on the sums themselves, each movement would write that index.
    add column if not exists declared_differs boolean not null default false;
-- A new constraint that is not validated needs no scan. Its validation locks out no change.
alter table cash_sessions drop constraint if exists ck_cash_sessions_recorded;
alter table cash_sessions
    add constraint ck_cash_sessions_recorded
        check (
            recorded_movements between 0 and 20000
            and late_movements between 0 and recorded_movements
            and recorded_expenses <= recorded_paid_out
            and (recorded_hash is null) = (recorded_movements = 0)
            and octet_length(recorded_hash) = 32
        ) not valid;
alter table cash_sessions validate constraint ck_cash_sessions_recorded;
grant update (
    recorded_movements, records_sales, recorded_cash_sales, recorded_cash_refunds, recorded_paid_in,
    recorded_paid_out, recorded_expenses, recorded_drops, recorded_hash, late_movements
) on cash_sessions to cashpilot_app;

-- Each movement writes a new version of the session's row. With room on the page, no index has to follow it.
do $$
declare
    leaf regclass;
begin
    for leaf in
        select c.oid::regclass
        from pg_class as c
        where c.relkind = 'r'
            and (
                c.oid = 'cash_sessions'::regclass
                or c.oid in (select t.relid from pg_partition_tree('cash_sessions') as t)
            )
    loop
        execute format('alter table %s set (fillfactor = 80)', leaf);
    end loop;
end
$$;

-- Cash that entered or left the drawer of a session, or a drawer that was opened without a sale. A row never changes.
-- No foreign key leads to the session, because cash_sessions may be partitioned, and sessions are never deleted.
create table if not exists movements (
    business_id uuid not null,
    -- Made by the client or by the service. It makes the movement once-only.
    id uuid not null,
    session_id uuid not null,
    -- From 1 without gaps.
    number integer not null,
    type text not null,
    category text,
    amount money_amount not null,
    -- What it did to the cash in the drawer; negative took some out.
    effect bigint not null,
    reverses_id uuid,
    counterpart_cashier_id uuid,
    reference text,
    reason text,
    recorded_by uuid not null,
    terminal_id text,
    request_id text,
    client_request_id text,
    is_late boolean not null,
    occurred_at timestamptz(3) not null,
    recorded_at timestamptz(3) not null,
    -- movement_hash of the hash of the movement before and of this row.
    hash bytea not null,
    constraint pk_movements primary key (business_id, id),
    constraint uq_movements_number unique (business_id, session_id, number),
    constraint fk_movements_recorded_by foreign key (recorded_by) references users (id),
    constraint fk_movements_reverses foreign key (business_id, reverses_id) references movements (business_id, id),
    constraint ck_movements_number check (number between 1 and 20000),
    constraint ck_movements_kind check (
        case type
            when 'CASH_SALE' then category is null
            when 'CASH_REFUND' then category is null
            when 'PAID_IN' then category in ('CREDIT_PAYMENT', 'CHANGE', 'TRANSFER', 'OTHER')
            when 'PAID_OUT' then category in ('EXPENSE', 'CHANGE', 'TIP', 'TRANSFER', 'OTHER')
            when 'DROP' then category is null
            when 'NO_SALE' then category is null
            else false
        end is true
        and (counterpart_cashier_id is not null) = (category is not distinct from 'TRANSFER')
    ),
    constraint ck_movements_effect check (
        (amount = 0) = (type = 'NO_SALE')
        and effect = amount
            * case when type in ('CASH_SALE', 'PAID_IN') then 1 when type = 'NO_SALE' then 0 else -1 end
            * case when reverses_id is null then 1 else -1 end
        and not (type = 'NO_SALE' and reverses_id is not null)
    ),
    constraint ck_movements_reason check (
        coalesce(char_length(reason) between 1 and 500, true)
        and (
            reason is not null
            or not (reverses_id is not null or type = 'NO_SALE' or category is not distinct from 'OTHER')
        )
    ),
    constraint ck_movements_reference check (reference ~ '^[A-Za-z0-9-]{1,50}$'),
    constraint ck_movements_hash check (octet_length(hash) = 32)
);
-- A movement is reversed once at most.
create unique index if not exists uq_movements_reversal on movements (business_id, reverses_id)
    where reverses_id is not null;
revoke update on movements from cashpilot_app;

create or replace trigger tr_movements_immutable
before update or delete or truncate on movements
for each statement execute function refuse_audit_change();

-- The hash of a movement: SHA-256 of the hash of the movement before, nothing for the first, and of all its columns.
create or replace function movement_hash(previous bytea, m movements) returns bytea
language sql immutable as $$
    select sha256(
        coalesce(previous, ''::bytea) || convert_to(
            json_build_array(
                m.business_id, m.id, m.session_id, m.number, m.type, m.category, m.amount, m.effect, m.reverses_id,
                m.counterpart_cashier_id, m.reference, m.reason, m.recorded_by, m.terminal_id, m.request_id,
                m.client_request_id, m.is_late, extract(epoch from m.occurred_at), extract(epoch from m.recorded_at)
            )::text,
            'UTF8'
        )
    )
$$;

-- The columns of cash_sessions that movements write.
create or replace function session_sums() returns text[]
language sql immutable as $$
    select array[
        'recorded_movements', 'records_sales', 'recorded_cash_sales', 'recorded_cash_refunds', 'recorded_paid_in',
        'recorded_paid_out', 'recorded_expenses', 'recorded_drops', 'recorded_hash', 'late_movements'
    ]
$$;

-- A session's row for its audit events. What nobody is told before the count is not in it either.
create or replace function session_facts(session jsonb) returns jsonb
language sql immutable as $$
    select case when session ->> 'final_cash' is null then session - session_sums() else session end
$$;

-- The expected cash: the one formula in SQL. Null while nobody knows the cash sales. `Totals` in Swift has the same.
create or replace function session_expected_cash(s cash_sessions) returns bigint
language sql immutable as $$
    select s.initial_cash::bigint
        + case when s.records_sales then s.recorded_cash_sales::bigint else s.declared_cash_sales::bigint end
        - s.recorded_cash_refunds
        + (s.credit_payments_collected + s.recorded_paid_in)
        - (s.expenses + s.recorded_paid_out)
        - (s.envelope_amount + s.recorded_drops)
$$;

-- Refuses a change of a session without an audit event that has the row's new version. The time of the event is the
-- start of its transaction, so this is one index lookup. No event removes a session, and NEW is null for a deletion, so
-- every deletion is refused. The table is named with its schema: a temporary table cannot replace it.
--
-- A movement before the close writes only the sums, and keeps the version. The movement itself is then the record of
-- the change: it is the next one, its hash is the session's, and it has an audit event unless it is a sale or a refund.
create or replace function require_session_event() returns trigger
language plpgsql as $$
begin
    -- OLD is null for a new row, and NEW for a deleted one.
    if new.version = old.version
        and new.recorded_movements = old.recorded_movements + 1 then
        perform
        from public.movements as m
        where m.business_id = new.business_id
            and m.session_id = new.id
            and m.number = new.recorded_movements
            and m.recorded_at = now()::timestamptz(3)
            and m.hash = new.recorded_hash
            and m.hash = public.movement_hash(old.recorded_hash, m)
            and not m.is_late
            and to_jsonb(new) - public.session_sums() = to_jsonb(old) - public.session_sums()
            and (
                (m.type in ('CASH_SALE', 'CASH_REFUND') and m.reverses_id is null)
                or exists (
                    select
                    from public.audit_events as e
                    where e.business_id = m.business_id
                        and e.session_id = m.session_id
                        and e.occurred_at = m.recorded_at
                        and e.after ->> 'movement_id' = m.id::text
                )
            );
        if found then
            return null;
        end if;
    end if;
    perform
    from public.audit_events as e
    where e.business_id = new.business_id
        and e.session_id = new.id
        and e.occurred_at = now()::timestamptz(3)
        and e.after ->> 'version' = new.version::text;
    if not found then
        raise exception '% of a session without its audit event', lower(tg_op)
            using errcode = 'insufficient_privilege', table = tg_table_name;
    end if;
    return null;
end
$$;

-- Whether a closed session needs a review: nobody counted it, a figure was corrected, a movement came after the close,
-- or the sales that were declared are not those that were recorded. `Session.reviewReasons` in Swift has the same.
create or replace function session_needs_review(s cash_sessions) returns boolean
language sql immutable as $$
    select s.final_cash is null
        or s.corrections > 0
        or s.late_movements > 0
        or s.declared_differs
$$;

create or replace function flip_declared_differs() returns trigger
language plpgsql as $$
begin
    new.declared_differs := not new.declared_differs;
    return new;
end
$$;

create or replace trigger tr_cash_sessions_declared_differs
before update on cash_sessions
for each row
when (
    new.declared_differs <> (
        new.final_cash is not null and new.records_sales and new.declared_cash_sales <> new.recorded_cash_sales
    ) is true
)
execute function flip_declared_differs();

-- The sums are compared with the movements, not with the audit events: audit_movements_check.sql. An audit event of a
-- movement before the close has no state of the session.
do $$
declare
    change record;
    definition text;
begin
    for change in
        select *
        from (values
            (
                'audited_documents', E'true, 0, 0, to_jsonb(s)\n', E'true, 0, 0, to_jsonb(s) - session_sums()\n'
            ),
            (
                'audited_documents',
                E'd.rows_change, d.document\n'
                '            from keys as k\n'
                '            join audit_events as e on e.business_id = k.scope and e.session_id = k.id\n',
                E'd.rows_change, d.document - session_sums()\n'
                '            from keys as k\n'
                '            join audit_events as e on e.business_id = k.scope and e.session_id = k.id\n'
                '                and not (e.after ? ''movement_id'' and not e.after ? ''version'')\n'
            ),
            ('is_listed', 's.final_cash is null or s.corrections > 0', 'session_needs_review(s)'),
            ('recent_rarer_sessions', '(s.final_cash is null or s.corrections > 0)', 'session_needs_review(s)')
        ) as c (name, old_text, new_text)
    loop
        select pg_get_functiondef(p.oid) into strict definition
        from pg_proc as p
        where p.proname = change.name
            and p.pronamespace = 'public'::regnamespace;
        if position(change.new_text in definition) = 0 then
            if position(change.old_text in definition) = 0 then
                raise exception 'the function % is not the one that this migration knows', change.name;
            end if;
            execute replace(definition, change.old_text, change.new_text);
        end if;
    end loop;
end
$$;

-- The index of the sessions that need a review, with the new reasons.
do $$
begin
    if pg_get_indexdef('ix_cash_sessions_needs_review'::regclass) not like '%late_movements%' then
        drop index ix_cash_sessions_needs_review;
        create index ix_cash_sessions_needs_review on cash_sessions (business_id, opened_at desc, id desc)
            where status = 'CLOSED'
                and (
                    final_cash is null
                    or corrections > 0
                    or late_movements > 0
                    or declared_differs
                )
                and is_deleted = false;
    end if;
end
$$;

reset lock_timeout;

-- migrate:down transaction:false

-- The previous version knows no movements, so it goes back only while there is none.
set lock_timeout = '1500ms';

do $$
begin
    if exists (select from movements) then
        raise exception 'there are movements, which the previous version would lose; nothing was changed';
    end if;
end
$$;

do $$
declare
    change record;
    definition text;
begin
    for change in
        select *
        from (values
            (
                'audited_documents', E'true, 0, 0, to_jsonb(s)\n', E'true, 0, 0, to_jsonb(s) - session_sums()\n'
            ),
            (
                'audited_documents',
                E'd.rows_change, d.document\n'
                '            from keys as k\n'
                '            join audit_events as e on e.business_id = k.scope and e.session_id = k.id\n',
                E'd.rows_change, d.document - session_sums()\n'
                '            from keys as k\n'
                '            join audit_events as e on e.business_id = k.scope and e.session_id = k.id\n'
                '                and not (e.after ? ''movement_id'' and not e.after ? ''version'')\n'
            ),
            ('is_listed', 's.final_cash is null or s.corrections > 0', 'session_needs_review(s)'),
            ('recent_rarer_sessions', '(s.final_cash is null or s.corrections > 0)', 'session_needs_review(s)')
        ) as c (name, old_text, new_text)
    loop
        select pg_get_functiondef(p.oid) into strict definition
        from pg_proc as p
        where p.proname = change.name
            and p.pronamespace = 'public'::regnamespace;
        execute replace(definition, change.new_text, change.old_text);
    end loop;
end
$$;

create or replace function require_session_event() returns trigger
language plpgsql as $$
begin
    perform
    from public.audit_events as e
    where e.business_id = new.business_id
        and e.session_id = new.id
        and e.occurred_at = now()::timestamptz(3)
        and e.after ->> 'version' = new.version::text;
    if not found then
        raise exception '% of a session without its audit event', lower(tg_op)
            using errcode = 'insufficient_privilege', table = tg_table_name;
    end if;
    return null;
end
$$;

drop index ix_cash_sessions_needs_review;
create index ix_cash_sessions_needs_review on cash_sessions (business_id, opened_at desc, id desc)
    where status = 'CLOSED' and (final_cash is null or corrections > 0) and is_deleted = false;

drop function session_needs_review(cash_sessions);
drop trigger tr_cash_sessions_declared_differs on cash_sessions;
drop function flip_declared_differs();
drop function session_expected_cash(cash_sessions);
drop function session_facts(jsonb);
drop function session_sums();
drop function movement_hash(bytea, movements);
drop table movements;

do $$
declare
    leaf regclass;
begin
    for leaf in
        select c.oid::regclass
        from pg_class as c
        where c.relkind = 'r'
            and (
                c.oid = 'cash_sessions'::regclass
                or c.oid in (select t.relid from pg_partition_tree('cash_sessions') as t)
            )
    loop
        execute format('alter table %s reset (fillfactor)', leaf);
    end loop;
end
$$;

alter table cash_sessions
    drop column declared_differs,
    drop column late_movements,
    drop column recorded_hash,
    drop column recorded_drops,
    drop column recorded_expenses,
    drop column recorded_paid_out,
    drop column recorded_paid_in,
    drop column recorded_cash_refunds,
    drop column recorded_cash_sales,
    drop column records_sales,
    drop column recorded_movements;
alter table businesses drop column blind_count;

reset lock_timeout;
