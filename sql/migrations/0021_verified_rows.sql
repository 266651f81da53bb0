-- migrate:up transaction:false

-- Rows that are verified against their audit events: docs/decisions/0035-verified-rows.md.
--
-- The service's role may update only the columns that the service writes. A change of an audited row needs an audit
-- event in its transaction. `audited_differences` compares rows with their events, and `adopt_rows` writes an event for
-- each row that its events do not explain. The migration runs it once, because earlier versions and migrations changed
-- rows without an event.
--
-- Every column of a row is compared, except the time of the last use of a credential, which is not audited.
--
-- Tills keep working. A table is locked for a moment to add its trigger. Rows are read in stretches of 1000: a million
-- sessions take minutes. A run that was interrupted can be repeated.

set lock_timeout = '1500ms';

-- A row lock needs the privilege to update one column, so two tables have one that no statement writes. The service
-- needs its privileges at all times, so this is one transaction.
do $$
begin
    revoke update on users, businesses, business_cashiers, business_counters, cash_sessions, idempotency_keys,
        login_failures, login_origins, open_conflicts
    from cashpilot_app;
    grant update (email, name, role, locale, password_hash, is_active) on users to cashpilot_app;
    grant update (
        name, currency, time_zone, day_cutoff, stale_after_hours, edit_window_hours, is_active, books_closed_until
    ) on businesses to cashpilot_app;
    grant update (created_at) on business_cashiers, idempotency_keys to cashpilot_app;
    grant update (last_session_number) on business_counters to cashpilot_app;
    grant update (
        cashier_id, status, business_date, initial_cash, opened_at, ended_at, closed_at, closed_by, terminal_id, notes,
        final_cash, card_total, bank_transfer_total, envelope_amount, expenses, credit_sales_total,
        credit_payments_collected, declared_cash_sales, closing_ticket, flag_reason, flagged_by, flagged_at, is_deleted,
        delete_reason, deleted_by, deleted_at, previous_count, handed_over_to, handed_over_to_number, corrections,
        at_close_final_cash, at_close_expected_cash, version
    ) on cash_sessions to cashpilot_app;
    grant update (level, last_at) on login_failures to cashpilot_app;
    grant update (last_at) on login_origins to cashpilot_app;
    grant update (times, last_at, resumed, offered_cash, currency) on open_conflicts to cashpilot_app;
end
$$;

-- Refuses a change of a session without an audit event that has the row's new version. The time of the event is the
-- start of its transaction, so this is one index lookup. No event removes a session, and NEW is null for a DELETE, so
-- every deletion is refused. The table is named with its schema: a temporary table cannot replace it.
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

-- Refuses a change of a row of another audited table without an audit event about it in the same transaction.
-- Arguments: the first words that the event's action may have, the column with the business, and the column with the
-- event's cashier. An empty name is for a table without that column. The values are not compared, because the previous
-- program, which runs during an upgrade, writes events without them.
create or replace function require_audit_event() returns trigger
language plpgsql as $$
declare
    entry jsonb := coalesce(to_jsonb(new), to_jsonb(old));
begin
    -- One change may revoke thousands of credentials. Each finds its own event by the index.
    if tg_argv[1] = '' then
        perform
        from public.audit_events as e
        where e.business_id = '00000000-0000-0000-0000-000000000000'
            and e.after ->> 'id' = entry ->> 'id'
            and e.occurred_at = now()::timestamptz(3)
            and split_part(e.action, '.', 1) = any (string_to_array(tg_argv[0], ' '));
        if found then
            return null;
        end if;
    end if;
    perform
    from public.audit_events as e
    where e.business_id = coalesce((entry ->> tg_argv[1])::uuid, '00000000-0000-0000-0000-000000000000'::uuid)
        and e.occurred_at = now()::timestamptz(3)
        and split_part(e.action, '.', 1) = any (string_to_array(tg_argv[0], ' '))
        and e.cashier_id is not distinct from (entry ->> tg_argv[2])::uuid
        and (e.after ->> 'id' is null or e.after ->> 'id' = entry ->> 'id');
    if not found then
        raise exception '% of a row of % without its audit event', lower(tg_op), tg_table_name
            using errcode = 'insufficient_privilege', table = tg_table_name;
    end if;
    return null;
end
$$;

-- Only a superuser can set session_replication_role. With `local`, a repair by hand needs no events, and all other
-- triggers still run. `cashpilot audit verify` reports the repaired rows.
do $$
declare
    audited record;
begin
    for audited in
        select *
        from (values
            ('cash_sessions', 'update', 'require_session_event()'),
            ('users', 'update', $call$require_audit_event('user', '', 'id')$call$),
            ('businesses', 'update', $call$require_audit_event('business', 'id', '')$call$),
            ('business_cashiers', 'update', $call$require_audit_event('cashier', 'business_id', 'cashier_id')$call$),
            (
                'credentials',
                -- All columns but last_used_at.
                'update of id, user_id, kind, name, secret_hash, created_at, expires_at, revoked_at',
                $call$require_audit_event('credential user token', '', 'user_id')$call$
            )
        ) as a (name, change, call)
    loop
        if not exists (
            select
            from pg_trigger as t
            where t.tgrelid = audited.name::regclass
                and t.tgname = format('tr_%s_audited', audited.name)
        ) then
            execute format(
                'create constraint trigger tr_%1$s_audited after insert or %2$s or delete on %1$s '
                'deferrable initially deferred for each row '
                'when (current_setting(''session_replication_role'') <> ''local'') execute function %3$s',
                audited.name, audited.change, audited.call
            );
        end if;
        commit;
    end loop;
end
$$;

-- A build waits for old transactions, longer than for a lock. The index is for the events of a credential.
reset lock_timeout;
drop index concurrently if exists ix_audit_events_entity;
create index concurrently ix_audit_events_entity on audit_events ((after ->> 'id'))
    where business_id = '00000000-0000-0000-0000-000000000000';

-- Returns how an event changes the number of rows: 1 for a new row, -1 for a removed one.
create or replace function audit_event_rows(action text, before jsonb) returns integer
language sql immutable as $$
    select case
        when action in (
            'session.open', 'import.session', 'user.create', 'business.create', 'cashier.assign',
            -- Of a credential. Earlier versions audited keys as key.create.
            'user.login', 'token.issue', 'credential.create', 'key.create'
        ) then 1
        when action like 'adopt.%' and before is null then 1
        when action = 'cashier.unassign' then -1
        else 0
    end
$$;

-- Returns the rows of an audited table and what their events say, in a stretch of up to `rows_max` rows in the order of
-- (scope, id). Scope is the business; the zero UUID for accounts and credentials. A document with the weight 1 is a
-- state after an event. One with the weight -1 is a state before an event.
--
-- A row and its events come from one snapshot, so a change between two stretches is no difference. This function has
-- the list of audited tables and of the columns that events do not have.
create or replace function audited_documents(
    of_table text, of_business uuid, after_scope uuid, after_id uuid, rows_max integer
) returns table (scope uuid, id uuid, is_row boolean, weight integer, rows_change integer, document jsonb)
language plpgsql stable as $$
#variable_conflict use_column
declare
    none constant uuid := '00000000-0000-0000-0000-000000000000';
    last_scope constant uuid := coalesce(of_business, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
begin
    if after_scope < of_business then
        after_scope := of_business;
        after_id := none;
    end if;
    case of_table
        when 'cash_sessions' then
            return query
            with keys as materialized (
                select k.scope, k.id
                from (
                    (
                        select s.business_id as scope, s.id
                        from cash_sessions as s
                        where (s.business_id, s.id) > (after_scope, after_id)
                            and s.business_id <= last_scope
                        order by s.business_id, s.id
                        limit rows_max
                    )
                    union
                    (
                        select distinct e.business_id, e.session_id
                        from audit_events as e
                        where (e.business_id, e.session_id) > (after_scope, after_id)
                            and e.business_id <= last_scope
                            and e.session_id is not null
                            and e.action <> 'session.open_conflict'
                        order by e.business_id, e.session_id
                        limit rows_max
                    )
                ) as k
                order by k.scope, k.id
                limit rows_max
            )
            select k.scope, k.id, true, 0, 0, to_jsonb(s)
            from keys as k
            join cash_sessions as s on s.business_id = k.scope and s.id = k.id
            union all
            select k.scope, k.id, false, d.weight, d.rows_change, d.document
            from keys as k
            join audit_events as e on e.business_id = k.scope and e.session_id = k.id
            cross join lateral (
                values (1, audit_event_rows(e.action, e.before), e.after), (-1, 0, e.before)
            ) as d (weight, rows_change, document)
            where e.action <> 'session.open_conflict';
        when 'users' then
            return query
            with events as materialized (
                select e.cashier_id as id, e.occurred_at, e.id as event_id, e.action, e.before, e.after
                from audit_events as e
                where e.business_id = none
                    and e.action in ('user.create', 'user.update', 'user.password', 'user.erase', 'adopt.user')
                    and e.cashier_id > after_id
            ), keys as materialized (
                select k.id
                from (
                    (select u.id from users as u where u.id > after_id order by u.id limit rows_max)
                    union
                    select e.id from events as e
                ) as k
                where of_business is null
                order by k.id
                limit rows_max
            ), passwords as (
                -- The last event that set the password. Two changes at once happen in the order of their locks, not of
                -- their times, so each event of the last minute may be the last. The previous program wrote no
                -- fingerprint.
                select distinct on (p.id) p.id, p.fingerprint
                from (
                    select
                        e.id, e.occurred_at, e.event_id, e.after ->> 'password_sha256' as fingerprint,
                        max(e.occurred_at) over (partition by e.id) as last_at
                    from keys as k
                    join events as e on e.id = k.id
                    where e.action in ('user.password', 'user.erase')
                        or e.after ?| array['password_changed', 'password_sha256']
                ) as p
                left join users as u on u.id = p.id
                where p.occurred_at >= p.last_at - interval '1 minute'
                order by
                    p.id,
                    (p.fingerprint = encode(sha256(convert_to(u.password_hash, 'UTF8')), 'hex')) is true desc,
                    p.occurred_at desc,
                    p.event_id desc
            )
            select
                none, u.id, true, 0, 0,
                to_jsonb(u) - 'password_hash' || jsonb_build_object(
                    'password_sha256', encode(sha256(convert_to(u.password_hash, 'UTF8')), 'hex')
                )
            from keys as k
            join users as u on u.id = k.id
            union all
            select none, k.id, false, d.weight, d.rows_change, d.document - 'password_sha256'
            from keys as k
            join events as e on e.id = k.id
            cross join lateral (
                values (1, audit_event_rows(e.action, e.before), e.after), (-1, 0, e.before)
            ) as d (weight, rows_change, document)
            union all
            select none, p.id, false, 1, 0, jsonb_build_object('password_sha256', p.fingerprint)
            from passwords as p
            where p.fingerprint is not null;
        when 'businesses' then
            return query
            with keys as materialized (
                select k.id
                from (
                    (
                        select b.id
                        from businesses as b
                        where b.id > after_id and b.id >= coalesce(of_business, none) and b.id <= last_scope
                        order by b.id
                        limit rows_max
                    )
                    union
                    select e.business_id
                    from audit_events as e
                    where e.business_id > after_id
                        and e.business_id >= coalesce(of_business, none)
                        and e.business_id <= last_scope
                        and e.action in ('business.create', 'adopt.business')
                ) as k
                order by k.id
                limit rows_max
            )
            select k.id, k.id, true, 0, 0, to_jsonb(b)
            from keys as k
            join businesses as b on b.id = k.id
            union all
            select k.id, k.id, false, d.weight, d.rows_change, d.document
            from keys as k
            join audit_events as e
                on e.business_id = k.id
                and e.action in ('business.create', 'business.update', 'adopt.business')
            cross join lateral (
                values (1, audit_event_rows(e.action, e.before), e.after), (-1, 0, e.before)
            ) as d (weight, rows_change, document);
        when 'business_cashiers' then
            return query
            with events as materialized (
                select e.business_id as scope, e.cashier_id as id, e.action, e.before, e.after
                from audit_events as e
                where e.business_id between after_scope and last_scope
                    and (e.business_id, e.cashier_id) > (after_scope, after_id)
                    and e.cashier_id is not null
                    and e.action in ('cashier.assign', 'cashier.unassign', 'adopt.cashier')
            ), keys as materialized (
                select k.scope, k.id
                from (
                    (
                        select a.business_id as scope, a.cashier_id as id
                        from business_cashiers as a
                        where (a.business_id, a.cashier_id) > (after_scope, after_id)
                            and a.business_id <= last_scope
                        order by a.business_id, a.cashier_id
                        limit rows_max
                    )
                    union
                    select e.scope, e.id from events as e
                ) as k
                order by k.scope, k.id
                limit rows_max
            )
            select k.scope, k.id, true, 0, 0, to_jsonb(a)
            from keys as k
            join business_cashiers as a on a.business_id = k.scope and a.cashier_id = k.id
            union all
            select k.scope, k.id, false, d.weight, d.rows_change, d.document
            from keys as k
            join events as e on e.scope = k.scope and e.id = k.id
            cross join lateral (
                values (1, audit_event_rows(e.action, e.before), e.after), (-1, 0, e.before)
            ) as d (weight, rows_change, document);
        when 'credentials' then
            return query
            with keys as materialized (
                select k.id
                from (
                    (select c.id from credentials as c where c.id > after_id order by c.id limit rows_max)
                    union
                    (
                        -- As text, in the order of the index.
                        select x.id::uuid
                        from (
                            select distinct e.after ->> 'id' as id
                            from audit_events as e
                            where e.business_id = '00000000-0000-0000-0000-000000000000'
                                and e.after ->> 'id' > after_id::text
                                and e.action in (
                                    'user.login', 'token.issue', 'credential.create', 'key.create', 'adopt.credential'
                                )
                            order by 1
                            limit rows_max
                        ) as x
                    )
                ) as k
                where of_business is null
                order by k.id
                limit rows_max
            )
            -- No event has the time of the last use.
            select none, c.id, true, 0, 0, to_jsonb(c) - 'last_used_at'
            from keys as k
            join credentials as c on c.id = k.id
            union all
            select none, k.id, false, d.weight, d.rows_change, d.document - 'last_used_at'
            from keys as k
            join audit_events as e
                on e.business_id = '00000000-0000-0000-0000-000000000000'
                and e.after ->> 'id' = k.id::text
                and e.action in (
                    'user.login', 'token.issue', 'credential.create', 'key.create', 'credential.rename', 'user.logout',
                    'credential.revoke', 'key.revoke', 'adopt.credential'
                )
            cross join lateral (
                values (1, audit_event_rows(e.action, e.before), e.after), (-1, 0, e.before)
            ) as d (weight, rows_change, document);
    end case;
end
$$;

-- Compares a stretch of rows with the state that their events imply. Returns each row of the stretch with its problem,
-- or null. NO_EVENT: no event created it. ROW_MISSING: no event removed it. DIFFERENT: `differences` has the columns,
-- as [{"column", "expected", "actual"}], without `expected` if the events imply no single value. `not_covered` has the
-- columns that no event names, which is normal for a column that a later migration added. `document` is the row.
--
-- Each state before an event takes back the state after the event before it, in whatever order they are added up. The
-- value that remains is the expected one. So a value that was changed without an event is found even if a later event
-- has it on both sides.
--
-- It runs as its owner, so that a user who may not read password hashes can verify the rows.
create or replace function audited_differences(
    of_table text, of_business uuid, after_scope uuid, after_id uuid, rows_max integer
) returns table (scope uuid, id uuid, problem text, not_covered jsonb, differences jsonb, document jsonb)
language sql stable security definer set search_path = public, pg_temp set timezone = 'UTC' as $$
    with documents as materialized (
        select d.*
        from audited_documents(of_table, of_business, after_scope, after_id, rows_max) as d
    ), entries as (
        select
            d.scope,
            d.id,
            bool_or(d.is_row) as is_row,
            sum(d.rows_change) as rows_expected,
            (array_agg(d.document) filter (where d.is_row))[1] as document
        from documents as d
        group by d.scope, d.id
    ), unequal as (
        -- Most rows are the state after their last event, and their columns need no comparison.
        select distinct s.scope, s.id
        from (
            select d.scope, d.id
            from documents as d
            where d.document <> '{}'
            group by d.scope, d.id, d.document
            having sum(d.weight) <> count(*) filter (where d.is_row)
        ) as s
    ), cells as (
        select
            d.scope,
            d.id,
            m.key,
            m.value,
            sum(d.weight) as remaining,
            bool_or(d.weight = 1) as is_named,
            bool_or(d.is_row) as is_actual
        from unequal as u
        join documents as d on d.scope = u.scope and d.id = u.id
        cross join lateral jsonb_each(d.document) as m
        group by d.scope, d.id, m.key, m.value
    ), columns as (
        select
            c.scope,
            c.id,
            c.key,
            bool_or(c.is_named) as is_named,
            bool_or(c.is_named and c.is_actual) as is_known,
            sum(c.remaining) as remaining,
            max(c.remaining) filter (where c.is_actual) as actual_remaining,
            (array_agg(c.value) filter (where c.is_actual))[1] as actual,
            (array_agg(c.value order by c.remaining desc) filter (where c.remaining > 0 and not c.is_actual))[1]
                as expected
        from cells as c
        group by c.scope, c.id, c.key
        having bool_or(c.is_actual)
    ), compared as (
        select
            c.scope,
            c.id,
            jsonb_object_agg(c.key, c.actual) filter (where not c.is_named) as not_covered,
            jsonb_agg(
                jsonb_build_object('column', c.key, 'actual', c.actual)
                    || case when c.expected is null then '{}' else jsonb_build_object('expected', c.expected) end
                order by c.key
            ) filter (
                where c.is_named
                    and case
                        -- The first event has no value of a column that was added later. So the values before and
                        -- after the other events cancel out, and the value may be any that an event left.
                        when c.remaining < 1
                            then not c.is_known or (c.actual_remaining <= 0 and c.expected is not null)
                        else c.actual_remaining <= 0 or c.expected is not null
                    end
            ) as differences
        from columns as c
        group by c.scope, c.id
    )
    select
        e.scope,
        e.id,
        case
            when e.rows_expected < e.is_row::integer then 'NO_EVENT'
            when e.rows_expected > 0 and not e.is_row then 'ROW_MISSING'
            when c.differences is not null then 'DIFFERENT'
        end,
        case when e.rows_expected > 0 then c.not_covered end,
        case when e.rows_expected > 0 then c.differences end,
        e.document
    from entries as e
    left join compared as c on c.scope = e.scope and c.id = e.id
    order by e.scope, e.id
$$;

-- Writes an audit event `adopt.…` for each row that its events do not explain: from then on, the row as it is now is
-- the expected state. `before` has the expected values, so the trail shows what was adopted. A row that is missing is
-- not adopted. An operator runs it after a repair by hand, as a member of cashpilot_owner: call adopt_rows().
create or replace procedure adopt_rows()
language plpgsql as $$
declare
    none constant uuid := '00000000-0000-0000-0000-000000000000';
    audited record;
    stretch record;
    last_scope uuid;
    last_id uuid;
    adopted bigint;
begin
    for audited in
        select *
        from (values
            ('users', 'adopt.user'), ('businesses', 'adopt.business'), ('business_cashiers', 'adopt.cashier'),
            ('credentials', 'adopt.credential'), ('cash_sessions', 'adopt.session')
        ) as a (name, action)
    loop
        adopted := 0;
        last_scope := none;
        last_id := none;
        loop
            with checked as materialized (
                select c.*
                from audited_differences(audited.name, null, last_scope, last_id, 1000) as c
            ), added as (
                insert into audit_events (business_id, id, action, cashier_id, session_id, before, after)
                select
                    c.scope,
                    gen_random_uuid(),
                    audited.action,
                    case audited.name
                        when 'users' then c.id
                        when 'business_cashiers' then c.id
                        when 'credentials' then (c.document ->> 'user_id')::uuid
                        when 'cash_sessions' then (c.document ->> 'cashier_id')::uuid
                    end,
                    case audited.name when 'cash_sessions' then c.id end,
                    case when c.problem is distinct from 'NO_EVENT' then x.before end,
                    case
                        when c.problem = 'NO_EVENT' then coalesce(c.document, '{}')
                        else
                            x.after
                            || coalesce(c.not_covered, '{}')
                            || case audited.name when 'credentials' then jsonb_build_object('id', c.id) else '{}' end
                    end
                from checked as c
                cross join lateral (
                    select
                        coalesce(
                            jsonb_object_agg(d.value ->> 'column', d.value -> 'expected')
                                filter (where d.value ? 'expected'),
                            '{}'
                        ) as before,
                        coalesce(jsonb_object_agg(d.value ->> 'column', d.value -> 'actual'), '{}') as after
                    from jsonb_array_elements(c.differences) as d
                ) as x
                -- Columns that no event names are adopted too, but not of sessions, which may be millions.
                where c.problem in ('NO_EVENT', 'DIFFERENT')
                    or (c.not_covered is not null and audited.name <> 'cash_sessions')
                returning 1
            )
            select
                (select count(*) from added) as added_count,
                (select count(*) from checked) as checked_count,
                l.scope,
                l.id
            into stretch
            from (select c.scope, c.id from checked as c order by c.scope desc, c.id desc limit 1) as l;
            commit;
            exit when not found;
            adopted := adopted + stretch.added_count;
            exit when stretch.checked_count < 1000;
            last_scope := stretch.scope;
            last_id := stretch.id;
        end loop;
        if adopted > 0 then
            raise notice '% rows of % have an audit event % now, because their events did not explain them',
                adopted, audited.name, audited.action;
        end if;
    end loop;
end
$$;

revoke execute on function audited_differences from public;
grant execute on function audited_differences to cashpilot_app, cashpilot_readonly;

-- What an operator adopts is evidence, so the service may not.
revoke execute on procedure adopt_rows from public;

call adopt_rows();

-- migrate:down transaction:false

drop procedure adopt_rows;
drop function audited_differences;
drop function audited_documents;
drop function audit_event_rows;
drop index concurrently if exists ix_audit_events_entity;
drop trigger tr_credentials_audited on credentials;
drop trigger tr_business_cashiers_audited on business_cashiers;
drop trigger tr_businesses_audited on businesses;
drop trigger tr_users_audited on users;
drop trigger tr_cash_sessions_audited on cash_sessions;
drop function require_audit_event;
drop function require_session_event;
revoke update on users, businesses, business_cashiers, business_counters, cash_sessions, idempotency_keys,
    login_failures, login_origins, open_conflicts
from cashpilot_app;
grant update on users, businesses, business_cashiers, business_counters, cash_sessions, idempotency_keys,
    login_failures, login_origins, open_conflicts
to cashpilot_app;
grant update (corrections, at_close_final_cash, at_close_expected_cash) on cash_sessions to cashpilot_app;
