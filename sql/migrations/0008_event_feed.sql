-- migrate:up

-- The feed: what happened to sessions, one after the other, for those who follow it. A position is given after the
-- event is committed, by one transaction at a time, so positions become visible in their order and none is passed
-- over: docs/decisions/0024-feed.md.

-- An event waits for its place in the feed first, then for its seal. `turn` is drawn when the event is written: of two
-- changes of which one follows the other, the later one has the higher.
alter table audit_unsealed
    add column turn bigint generated always as identity,
    add column is_placed boolean not null default false;

create table event_feed (
    position bigint not null,
    business_id uuid not null,
    event_id uuid not null,
    -- Of the event: a cashier follows their own sessions.
    cashier_id uuid,
    constraint pk_event_feed primary key (position),
    constraint ck_event_feed_position check (position >= 1)
);

create index ix_event_feed_cashier on event_feed (cashier_id, position);

create trigger tr_event_feed_immutable
before update or delete or truncate on event_feed
for each statement execute function refuse_audit_change();

-- Gives up to `events_max` waiting events their place, and answers how many it looked at; null if somebody else is at
-- it. The lock is held until after the commit, so what one transaction places is seen before the next one begins.
create function place_audit_events(events_max integer) returns integer
language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    head bigint;
    taken bigint;
    placed bigint;
begin
    if not pg_try_advisory_xact_lock(hashtextextended('event_feed', 0)) then
        return null;
    end if;
    -- From here on each statement sees what the one before us in this lock has committed.
    select coalesce(max(f.position), 0) into head from event_feed as f;
    with next as (
        select u.business_id, u.event_id
        from audit_unsealed as u
        where not u.is_placed
        order by u.turn
        limit events_max
    ), marked as (
        update audit_unsealed as u
        set is_placed = true
        from next
        where u.business_id = next.business_id
            and u.event_id = next.event_id
        returning u.business_id, u.event_id, u.turn
    ), added as (
        insert into event_feed (position, business_id, event_id, cashier_id)
        select head + row_number() over (order by m.turn), m.business_id, m.event_id, e.cashier_id
        from marked as m
        join audit_events as e on e.business_id = m.business_id and e.id = m.event_id
        where e.action like 'session.%'
            -- What has its seal had its place before.
            and not exists (
                select from audit_seals as s where s.business_id = m.business_id and s.event_id = m.event_id
            )
        returning position
    )
    select (select count(*) from marked), (select count(*) from added) into taken, placed;
    -- Never where a request waits: all transactions that notify commit one after the other.
    if placed > 0 then
        perform pg_notify('event_feed', '');
    end if;
    return taken;
end
$$;

-- As in 0003, but for what waits for its place yet.
create or replace function seal_audit_events(of_business uuid, events_max integer) returns integer
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
            and u.is_placed
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

revoke insert, update on event_feed from cashpilot_app;
revoke execute on function place_audit_events from public;
grant execute on function place_audit_events to cashpilot_app;

-- migrate:down

create or replace function seal_audit_events(of_business uuid, events_max integer) returns integer
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

drop function place_audit_events;
drop table event_feed;
alter table audit_unsealed
    drop column is_placed,
    drop column turn;
