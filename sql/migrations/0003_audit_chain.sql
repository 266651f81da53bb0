-- migrate:up

-- The audit trail as evidence: nobody who serves may change it, and who changes it all the same is found out.
--
-- * The service works as `cashpilot_app`, which may insert and read audit events and no more; people who look at the
--   data work as `cashpilot_readonly`. Both are roles of the cluster, so several databases may make them at once.
-- * Every event is sealed: a seal holds its place in the chain of its business, and a SHA-256 over the seal before
--   it, its own place and time, and the event. `cashpilot audit verify` works all of them out again.
-- * Events are sealed a moment later, in the background: who opens a session never waits for a chain.

do $$
declare
    wanted text;
begin
    foreach wanted in array array['cashpilot_app', 'cashpilot_readonly'] loop
        begin
            if not exists (select from pg_roles as r where r.rolname = wanted) then
                execute format('create role %I nologin', wanted);
            end if;
        exception
            when duplicate_object or unique_violation then
                null; -- Another database made it in the same instant.
            when insufficient_privilege then
                raise exception
                    'the role % is missing and % may not create it; as a superuser: create role % nologin',
                    wanted, current_user, wanted
                    using errcode = 'insufficient_privilege';
        end;
    end loop;
    -- So that one user can migrate and serve. A superuser may take any role as it is.
    begin
        if not (select r.rolsuper from pg_roles as r where r.rolname = current_user) then
            execute format('grant cashpilot_app to %I', current_user);
        end if;
    exception
        when insufficient_privilege or unique_violation or internal_error then
            null; -- Whoever made the role says who may take it, or another database is saying so just now.
    end;
end
$$;

create or replace function refuse_audit_change() returns trigger
language plpgsql as $$
begin
    raise exception '% are never changed or deleted', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

-- The chain of each business. The event's time and order in the shop are its own; `position` is the order in which
-- events were first seen by whoever seals, so one that was committed late has its place all the same.
create table audit_seals (
    business_id uuid not null,
    position bigint not null,
    event_id uuid not null,
    hash bytea not null,
    sealed_at timestamptz(3) not null default now(),
    constraint pk_audit_seals primary key (business_id, position),
    constraint uq_audit_seals_event unique (business_id, event_id),
    constraint ck_audit_seals_position check (position >= 1),
    constraint ck_audit_seals_hash_length check (octet_length(hash) = 32)
);

create trigger tr_audit_seals_immutable
before update or delete or truncate on audit_seals
for each statement execute function refuse_audit_change();

-- Where each chain ends, apart from the seals: without it nobody would miss the last of them.
create table audit_heads (
    business_id uuid not null,
    position bigint not null,
    hash bytea not null,
    constraint pk_audit_heads primary key (business_id),
    constraint ck_audit_heads_position check (position >= 1),
    constraint ck_audit_heads_hash_length check (octet_length(hash) = 32)
) with (fillfactor = 50);

create trigger tr_audit_heads_kept
before delete or truncate on audit_heads
for each statement execute function refuse_audit_change();

-- Events that wait for their seal; a row lives for a second. Vacuum comes early and never cuts the file, for which
-- it would lock out those who insert.
create table audit_unsealed (
    business_id uuid not null,
    event_id uuid not null,
    constraint pk_audit_unsealed primary key (business_id, event_id)
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, vacuum_truncate = off);

create function await_audit_seal() returns trigger
language plpgsql as $$
begin
    insert into audit_unsealed (business_id, event_id) values (new.business_id, new.id);
    return null;
end
$$;

create trigger tr_audit_events_unsealed
after insert on audit_events
for each row execute function await_audit_seal();

-- What a seal is: SHA-256 over the seal before it (nothing for the first), and its own place, time and event as a
-- JSON text that no setting of the session changes. A column that is added to audit_events later must come in so
-- that rows without it keep their hash; a test alters each column and expects to be caught.
create function audit_seal_hash(previous bytea, at_position bigint, at_time timestamptz, e audit_events) returns bytea
language sql stable as $$
    select sha256(
        previous || convert_to(
            json_build_array(
                at_position, extract(epoch from at_time),
                e.business_id, e.id, extract(epoch from e.occurred_at), e.action, e.actor_id, e.cashier_id,
                e.session_id, e.request_id, e.terminal_id, e.reason, e.before, e.after
            )::text,
            'UTF8'
        )
    )
$$;

-- Seals up to `events_max` of a business's waiting events, and answers how many; null if somebody else is at it.
-- It works as the owner of the tables, so that the service's own role needs no right to write a seal.
create function seal_audit_events(of_business uuid, events_max integer) returns integer
language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    place bigint;
    head bytea;
    taken uuid[];
    event audit_events;
    events uuid[] := '{}';
    hashes bytea[] := '{}';
begin
    if not pg_try_advisory_xact_lock(hashtextextended('audit_seals/' || of_business::text, 0)) then
        return null;
    end if;
    -- From here on each statement sees what the one before us in this lock has committed.
    select h.position, h.hash into place, head from audit_heads as h where h.business_id = of_business;
    place := coalesce(place, 0);
    head := coalesce(head, ''::bytea);
    with next as (
        select u.event_id
        from audit_unsealed as u
        where u.business_id = of_business
        order by u.event_id
        limit events_max
    ), gone as (
        delete from audit_unsealed as u
        using next
        where u.business_id = of_business
            and u.event_id = next.event_id
        returning u.event_id
    )
    select array_agg(g.event_id order by g.event_id) into taken from gone as g;
    for event in
        select e.*
        from unnest(taken) with ordinality as t (event_id, turn)
        join audit_events as e on e.business_id = of_business and e.id = t.event_id
        where not exists (select from audit_seals as s where s.business_id = of_business and s.event_id = t.event_id)
        order by t.turn
    loop
        head := audit_seal_hash(head, place + cardinality(events) + 1, now()::timestamptz(3), event);
        events := events || event.id;
        hashes := hashes || head;
    end loop;
    if cardinality(events) > 0 then
        insert into audit_seals (business_id, position, event_id, hash)
        select of_business, place + n.turn, n.event_id, n.hash
        from unnest(events, hashes) with ordinality as n (event_id, hash, turn);
        insert into audit_heads as h (business_id, position, hash)
        values (of_business, place + cardinality(events), head)
        on conflict (business_id) do update
        set position = excluded.position,
            hash = excluded.hash;
    end if;
    return cardinality(events);
end
$$;

-- Refused opens get an identity, that of the audit event which the first of them left: lists need an order. The default
-- is for those that stand, and for a program from before this migration that still runs.
alter table open_conflicts add column id uuid not null default gen_random_uuid();

-- Where audit events may be: in one business, or in all and where those of no business are.
create function audited_businesses(only_business uuid) returns setof uuid
language sql stable as $$
    select only_business where only_business is not null
    union all
    select b.id from businesses as b where only_business is null
    union all
    select '00000000-0000-0000-0000-000000000000'::uuid where only_business is null
$$;

-- A page of audit events, newest first. One of the four branches runs, over the index that fits what is asked for;
-- each reads from the cursor on and stops at the limit. Over all businesses, each gives at most a page. Opening and
-- closing are found soon in order of time; only the other actions have an index of their own.
create function recent_audit_events(
    of_business uuid, of_session uuid, of_actor uuid, with_action text,
    from_time timestamptz, before_time timestamptz, before_id uuid, how_many integer
) returns setof audit_events
language sql stable as $$
    (
        select e.*
        from audited_businesses(of_business) as b (id)
        cross join lateral (
            select l.*
            from audit_events as l
            where of_session is not null
                and l.business_id = b.id
                and l.session_id = of_session
                and (of_actor is null or l.actor_id = of_actor)
                and (with_action is null or l.action = with_action)
                and (l.occurred_at, l.id) < (before_time, before_id)
                and l.occurred_at >= from_time
            order by l.occurred_at desc, l.id desc
            limit how_many
        ) as e
        order by e.occurred_at desc, e.id desc
        limit how_many
    )
    union all
    (
        select e.*
        from audit_events as e
        where of_session is null
            and of_actor is not null
            and e.actor_id = of_actor
            and (of_business is null or e.business_id = of_business)
            and (with_action is null or e.action = with_action)
            and (e.occurred_at, e.id) < (before_time, before_id)
            and e.occurred_at >= from_time
        order by e.occurred_at desc, e.id desc
        limit how_many
    )
    union all
    (
        select e.*
        from audited_businesses(of_business) as b (id)
        cross join lateral (
            select l.*
            from audit_events as l
            where of_session is null
                and of_actor is null
                and with_action not in ('session.open', 'session.close')
                and l.action not in ('session.open', 'session.close')
                and l.business_id = b.id
                and l.action = with_action
                and (l.occurred_at, l.id) < (before_time, before_id)
                and l.occurred_at >= from_time
            order by l.occurred_at desc, l.id desc
            limit how_many
        ) as e
        order by e.occurred_at desc, e.id desc
        limit how_many
    )
    union all
    (
        select e.*
        from audited_businesses(of_business) as b (id)
        cross join lateral (
            select l.*
            from audit_events as l
            where of_session is null
                and of_actor is null
                and (with_action is null or with_action in ('session.open', 'session.close'))
                and l.business_id = b.id
                and (with_action is null or l.action = with_action)
                and (l.occurred_at, l.id) < (before_time, before_id)
                and l.occurred_at >= from_time
            order by l.occurred_at desc, l.id desc
            limit how_many
        ) as e
        order by e.occurred_at desc, e.id desc
        limit how_many
    )
$$;

-- The service's role. Tables that later migrations make get the same by default: read, insert, update. What must not
-- be changed, or may be deleted, says so itself.
grant usage on schema public to cashpilot_app, cashpilot_readonly;
grant select, insert, update on all tables in schema public to cashpilot_app;
grant delete on idempotency_keys to cashpilot_app;
revoke insert, update on schema_migrations from cashpilot_app;
revoke update on audit_events from cashpilot_app;
revoke update on audit_unsealed from cashpilot_app;
revoke insert, update on audit_seals from cashpilot_app;
revoke insert, update on audit_heads from cashpilot_app;
revoke execute on function seal_audit_events from public;
grant execute on function seal_audit_events to cashpilot_app;
alter default privileges in schema public grant select, insert, update on tables to cashpilot_app;
alter default privileges in schema public grant usage on sequences to cashpilot_app;

-- Who only looks sees everything but passwords, hashed or not.
grant select on all tables in schema public to cashpilot_readonly;
revoke select on users from cashpilot_readonly;
grant select (id, email, name, role, locale, is_active, created_at) on users to cashpilot_readonly;
alter default privileges in schema public grant select on tables to cashpilot_readonly;

-- migrate:down

-- The roles stay: they are the cluster's, and another database may use them.
alter default privileges in schema public revoke all on tables from cashpilot_app, cashpilot_readonly;
alter default privileges in schema public revoke all on sequences from cashpilot_app;
revoke all on all tables in schema public from cashpilot_app, cashpilot_readonly;
revoke select (id, email, name, role, locale, is_active, created_at) on users from cashpilot_readonly;
revoke usage on schema public from cashpilot_app, cashpilot_readonly;

drop function recent_audit_events;
drop function audited_businesses;
alter table open_conflicts drop column id;
drop trigger tr_audit_events_unsealed on audit_events;
drop function await_audit_seal;
drop function seal_audit_events;
drop function audit_seal_hash;
drop table audit_unsealed;
drop table audit_heads;
drop table audit_seals;

create or replace function refuse_audit_change() returns trigger
language plpgsql as $$
begin
    raise exception 'audit_events are never changed or deleted' using errcode = 'insufficient_privilege';
end
$$;
