-- migrate:up transaction:false

-- Adds terminals: credentials of a till, which belong to a business and not to a user. A login by PIN names its
-- terminal, and a session that such a login opens names it too. Existing rows stay valid.
--
-- Tills keep working. A table is locked for a moment to add its columns. Indexes are built without a lock, and checks
-- are validated without one. A run that was interrupted can be repeated.

set lock_timeout = '1500ms';

alter table credentials
    alter column user_id drop not null,
    -- The business of a terminal.
    add column if not exists business_id uuid,
    -- The terminal of a login by PIN.
    add column if not exists terminal_id uuid;

-- A constraint that is not validated needs no scan. Its validation locks out no change.
alter table credentials
    drop constraint if exists ck_credentials_kind,
    drop constraint if exists ck_credentials_owner,
    drop constraint if exists ck_credentials_terminal,
    drop constraint if exists ck_credentials_terminal_of_login,
    drop constraint if exists fk_credentials_business,
    drop constraint if exists fk_credentials_terminal;
alter table credentials
    add constraint ck_credentials_kind check (kind in ('LOGIN', 'API_KEY', 'TERMINAL')) not valid,
    -- A terminal belongs to a business. Every other credential belongs to a user.
    add constraint ck_credentials_owner check (
        (user_id is null) = (kind = 'TERMINAL')
        and (business_id is not null) = (kind = 'TERMINAL')
    ) not valid,
    -- A terminal has a name, and is valid until it is revoked.
    add constraint ck_credentials_terminal check (
        kind <> 'TERMINAL' or (name is not null and expires_at is null)
    ) not valid,
    add constraint ck_credentials_terminal_of_login check (terminal_id is null or kind = 'LOGIN') not valid,
    add constraint fk_credentials_business foreign key (business_id) references businesses (id) not valid,
    add constraint fk_credentials_terminal foreign key (terminal_id) references credentials (id) not valid;
alter table credentials validate constraint ck_credentials_kind;
alter table credentials validate constraint ck_credentials_owner;
alter table credentials validate constraint ck_credentials_terminal;
alter table credentials validate constraint ck_credentials_terminal_of_login;
alter table credentials validate constraint fk_credentials_business;
alter table credentials validate constraint fk_credentials_terminal;

-- Like the other links of a session, it has no foreign key.
alter table cash_sessions
    -- The terminal whose login by PIN opened the session. Null for a text that a client sent, which proves nothing.
    add column if not exists registered_terminal_id uuid;
alter table cash_sessions drop constraint if exists ck_cash_sessions_registered_terminal;
alter table cash_sessions
    add constraint ck_cash_sessions_registered_terminal
        check (registered_terminal_id is null or terminal_id = registered_terminal_id::text) not valid;
alter table cash_sessions validate constraint ck_cash_sessions_registered_terminal;

grant update (name) on credentials to cashpilot_app;
grant update (registered_terminal_id) on cash_sessions to cashpilot_app;
grant select (business_id, terminal_id) on credentials to cashpilot_readonly;

-- The new columns are audited too.
begin;
drop trigger if exists tr_credentials_audited on credentials;
create constraint trigger tr_credentials_audited
    after insert or delete
    or update of id, user_id, kind, name, secret_hash, created_at, expires_at, revoked_at, business_id, terminal_id
    on credentials
    deferrable initially deferred
    for each row
    when (current_setting('session_replication_role') <> 'local')
    execute function require_audit_event('credential user token', '', 'user_id');
commit;

-- A build waits for old transactions, longer than for a lock. One index is for the list of a business's terminals, one
-- keeps their names apart, and one is for the logins that end with their terminal.
reset lock_timeout;
drop index concurrently if exists ix_credentials_terminals;
create index concurrently ix_credentials_terminals on credentials (business_id, created_at desc, id desc)
    where kind = 'TERMINAL';
drop index concurrently if exists uq_credentials_terminal_name;
create unique index concurrently uq_credentials_terminal_name on credentials (business_id, lower(name))
    where kind = 'TERMINAL' and revoked_at is null;
drop index concurrently if exists ix_credentials_of_terminal;
create index concurrently ix_credentials_of_terminal on credentials (terminal_id)
    where terminal_id is not null and revoked_at is null;

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

-- migrate:down transaction:false

-- The previous version has no terminals. To it, a login by PIN would be a login like any other, so both are deleted.
-- `cashpilot audit verify` reports them as missing.
set lock_timeout = '1500ms';

begin;
drop trigger if exists tr_credentials_audited on credentials;
delete from credentials as k where k.terminal_id is not null;
delete from credentials as k where k.kind = 'TERMINAL';
create constraint trigger tr_credentials_audited
    after insert or delete
    or update of id, user_id, kind, name, secret_hash, created_at, expires_at, revoked_at
    on credentials
    deferrable initially deferred
    for each row
    when (current_setting('session_replication_role') <> 'local')
    execute function require_audit_event('credential user token', '', 'user_id');
commit;

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
                    'user.login', 'token.issue', 'credential.create', 'key.create', 'user.logout', 'credential.revoke',
                    'key.revoke', 'adopt.credential'
                )
            cross join lateral (
                values (1, audit_event_rows(e.action, e.before), e.after), (-1, 0, e.before)
            ) as d (weight, rows_change, document);
    end case;
end
$$;

revoke update (name) on credentials from cashpilot_app;

alter table cash_sessions drop column if exists registered_terminal_id;

alter table credentials
    drop column if exists terminal_id,
    drop column if exists business_id,
    drop constraint if exists ck_credentials_terminal,
    drop constraint if exists ck_credentials_owner,
    drop constraint if exists ck_credentials_kind,
    add constraint ck_credentials_kind check (kind in ('LOGIN', 'API_KEY')),
    alter column user_id set not null;

reset lock_timeout;
