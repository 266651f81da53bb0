-- migrate:up

-- Seals up to `events_max` waiting events of these businesses, and answers how many; what somebody else is at is left
-- to them. Most of what sealing one event costs is the call and the transaction around it. The seals and the locks are
-- those of `seal_audit_events` (0008), which stays for programs of the version before: they seal beside those of this
-- one.
create function seal_audit_chains(of_businesses uuid[], events_max integer) returns integer
language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    held uuid[];
    next record;
    business uuid;
    place bigint;
    head bytea;
    businesses uuid[] := '{}';
    places bigint[] := '{}';
    events uuid[] := '{}';
    hashes bytea[] := '{}';
begin
    -- Nobody waits for a lock here, so nobody can wait in a circle.
    select array_agg(b.id) into held
    from unnest(of_businesses) as b (id)
    where pg_try_advisory_xact_lock(hashtextextended('audit_seals/' || b.id::text, 0));
    -- From here on each statement sees what those before us in these locks have committed.
    for next in
        with gone as (
            -- Up to the last that is taken, and no join: one with what waits is planned for a queue that is empty.
            delete from audit_unsealed as u
            where u.business_id = any (held)
                and u.is_placed
                and (u.business_id, u.event_id) <= (
                    select o.business_id, o.event_id
                    from (
                        select w.business_id, w.event_id
                        from audit_unsealed as w
                        where w.business_id = any (held)
                            and w.is_placed
                        order by w.business_id, w.event_id
                        limit events_max
                    ) as o
                    order by o.business_id desc, o.event_id desc
                    limit 1
                )
            returning u.business_id, u.event_id
        )
        select e.event, h.position, h.hash
        from gone as g
        cross join lateral (
            -- The limit keeps this a look into the indexes for each event.
            select l as event
            from audit_events as l
            where l.business_id = g.business_id
                and l.id = g.event_id
                and not exists (
                    select from audit_seals as s where s.business_id = l.business_id and s.event_id = l.id
                )
            limit 1
        ) as e
        left join audit_heads as h on h.business_id = g.business_id
        order by g.business_id, g.event_id
    loop
        if business is distinct from (next.event).business_id then
            business := (next.event).business_id;
            place := coalesce(next.position, 0);
            head := coalesce(next.hash, ''::bytea);
        end if;
        place := place + 1;
        head := audit_seal_hash(head, place, now()::timestamptz(3), next.event);
        businesses := businesses || business;
        places := places || place;
        events := events || (next.event).id;
        hashes := hashes || head;
    end loop;
    with added as (
        insert into audit_seals (business_id, position, event_id, hash)
        select n.* from unnest(businesses, places, events, hashes) as n
        returning business_id, position, hash
    )
    insert into audit_heads as h (business_id, position, hash)
    select distinct on (a.business_id) a.business_id, a.position, a.hash
    from added as a
    order by a.business_id, a.position desc
    on conflict (business_id) do update
    set position = excluded.position,
        hash = excluded.hash;
    return cardinality(events);
end
$$;

revoke execute on function seal_audit_chains from public;
grant execute on function seal_audit_chains to cashpilot_app;

-- migrate:down

drop function seal_audit_chains;
