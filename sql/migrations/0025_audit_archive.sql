-- migrate:up

-- Removes archived audit events: docs/decisions/0040-audit-archive.md.
--
-- * `remove_archived_events` removes sealed events from the start of a chain. Only cashpilot_owner may call it.
-- * What the removed events say about audited rows stays in new audit events, which are sealed like all others.
-- * A trigger refuses any other deletion of audit events and seals.
--
-- Tills keep working: two tables are locked for a moment. The migration can be repeated.

set local lock_timeout = '1500ms';

-- The removed start of each chain, with one row per archive file. The last row of a business is its checkpoint: the
-- chain continues after its position and hash.
create table if not exists audit_archives (
    business_id uuid not null,
    first_position bigint not null,
    position bigint not null,
    hash bytea not null,
    file_sha256 bytea not null,
    archived_at timestamptz(3) not null default now(),
    constraint pk_audit_archives primary key (business_id, first_position),
    constraint ck_audit_archives_position check (first_position >= 1 and position >= first_position),
    constraint ck_audit_archives_hash_length check (octet_length(hash) = 32 and octet_length(file_sha256) = 32)
);

revoke insert, update on audit_archives from cashpilot_app;

create or replace trigger tr_audit_archives_kept
before delete or truncate on audit_archives
for each statement execute function refuse_audit_change();

-- Refuses a deletion unless the same transaction has moved the checkpoint past each deleted row.
create or replace function refuse_unarchived_removal() returns trigger
language plpgsql as $$
declare
    is_refused boolean;
begin
    if tg_table_name = 'audit_events' then
        select exists (
            select
            from removed as r
            where not exists (
                select
                from public.audit_seals as s
                join public.audit_archives as a
                    on a.business_id = s.business_id
                    and s.position between a.first_position and a.position
                where s.business_id = r.business_id
                    and s.event_id = r.id
                    and a.archived_at = now()::timestamptz(3)
            )
        )
        into is_refused;
    else
        select exists (
            select
            from removed as r
            where not exists (
                    select
                    from public.audit_archives as a
                    where a.business_id = r.business_id
                        and r.position between a.first_position and a.position
                        and a.archived_at = now()::timestamptz(3)
                )
                or exists (
                    select from public.audit_events as e where e.business_id = r.business_id and e.id = r.event_id
                )
        )
        into is_refused;
    end if;
    if is_refused then
        raise exception '% are never changed or deleted', tg_table_name using errcode = 'insufficient_privilege';
    end if;
    return null;
end
$$;

create or replace trigger tr_audit_events_immutable
before truncate on audit_events
for each statement execute function refuse_audit_change();

create or replace trigger tr_audit_seals_immutable
before update or truncate on audit_seals
for each statement execute function refuse_audit_change();

-- A transition table needs a trigger for deletions alone, which cannot be replaced.
drop trigger if exists tr_audit_events_archived_only on audit_events;
create trigger tr_audit_events_archived_only
after delete on audit_events
referencing old table as removed
for each statement execute function refuse_unarchived_removal();

drop trigger if exists tr_audit_seals_archived_only on audit_seals;
create trigger tr_audit_seals_archived_only
after delete on audit_seals
referencing old table as removed
for each statement execute function refuse_unarchived_removal();

-- Returns whether an event has exactly the form in which an erasure left it. When the event of an erasure is archived,
-- an event `adopt.user` has the hashes.
create or replace function is_redacted(e audit_events) returns boolean
language sql stable as $$
    select e.business_id = '00000000-0000-0000-0000-000000000000'::uuid
        and exists (
            select
            from audit_events as x
            where x.business_id = '00000000-0000-0000-0000-000000000000'::uuid
                and x.action in ('user.erase', 'adopt.user')
                and x.cashier_id = e.cashier_id
                and x.after -> 'redacted' ->> e.id::text = encode(audit_event_hash(e), 'hex')
        )
$$;

-- Returns the audited table and the row whose state an event is part of; nulls for an event that is part of none.
-- `audited_documents` (0021) has the same list.
create or replace function audited_row(e audit_events, out name text, out id uuid)
language sql immutable as $$
    select t.name, case t.name
        when 'cash_sessions' then e.session_id
        when 'businesses' then e.business_id
        when 'credentials' then (e.after ->> 'id')::uuid
        else e.cashier_id
    end
    from (
        select case
            when e.session_id is not null then case when e.action <> 'session.open_conflict' then 'cash_sessions' end
            when e.action in ('business.create', 'business.update', 'adopt.business') then 'businesses'
            when e.action in ('cashier.assign', 'cashier.unassign', 'adopt.cashier') then 'business_cashiers'
            when e.business_id <> '00000000-0000-0000-0000-000000000000'::uuid then null
            when e.action in ('user.create', 'user.update', 'user.password', 'user.erase', 'adopt.user') then 'users'
            when e.action in (
                'user.login', 'token.issue', 'credential.create', 'key.create', 'user.logout', 'credential.revoke',
                'key.revoke', 'credential.rename', 'adopt.credential'
            ) then 'credentials'
        end as name
    ) as t
$$;

-- Removes up to `events_max` events from the start of a business's chain, up to the end of an archive file, and returns
-- their number; 0 if all of them are removed. It moves the checkpoint in the same transaction. The caller has verified
-- the file.
--
-- A row must still equal what its events say. So an event `adopt.…` replaces the removed events of each row. It has the
-- sum of their states: each value after an event that no state before a later event takes back, and the reverse. The
-- row itself is not read, so an altered row is still found. Usually one event is enough. If the removed events say more
-- than one value of a column, because the limit separates two changes, there are several.
create or replace function remove_archived_events(
    of_business uuid, from_position bigint, to_position bigint, of_file bytea, events_max integer
) returns integer
language plpgsql security definer
set search_path = public, pg_temp as $$
declare
    checkpoint audit_archives;
    place bigint;
    last_place bigint;
    last_hash bytea;
    removed_count bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('audit_archives/' || of_business::text, 0));
    select a.* into checkpoint
    from audit_archives as a
    where a.business_id = of_business
    order by a.first_position desc
    limit 1;
    place := coalesce(checkpoint.position, 0);
    if not coalesce(checkpoint.first_position = from_position and checkpoint.file_sha256 = of_file, false) then
        -- The file of an earlier archive, which was completed.
        perform
        from audit_archives as a
        where a.business_id = of_business
            and a.first_position = from_position
            and a.position = to_position
            and a.file_sha256 = of_file;
        if found then
            return 0;
        end if;
        if place <> from_position - 1 then
            raise exception 'the file begins at position % of the chain of business %, which begins at %',
                from_position, of_business, place + 1
                using errcode = 'object_not_in_prerequisite_state';
        end if;
    end if;
    if place >= to_position then
        return 0;
    end if;
    last_place := least(place + events_max, to_position);
    select s.hash into last_hash
    from audit_seals as s
    where s.business_id = of_business
        and s.position = last_place;
    if not found then
        raise exception 'the chain of business % has no seal at position %', of_business, last_place
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    insert into audit_archives as a (business_id, first_position, position, hash, file_sha256)
    values (of_business, from_position, last_place, last_hash, of_file)
    on conflict (business_id, first_position) do update
    set position = excluded.position,
        hash = excluded.hash,
        archived_at = now();
    with removed as (
        delete from audit_events as e
        using audit_seals as s
        where s.business_id = of_business
            and s.position > place
            and s.position <= last_place
            and e.business_id = s.business_id
            and e.id = s.event_id
        returning e.*
    ), events as materialized (
        select r.*, t.name, t.id as row_id
        from removed as r
        cross join lateral audited_row(row(r.*)::audit_events) as t
        where t.id is not null
    ), cells as (
        select e.name, e.row_id, m.key, m.value, sum(d.weight) as remaining
        from events as e
        cross join lateral (values (1, e.after), (-1, e.before)) as d (weight, document)
        cross join lateral jsonb_each(d.document) as m
        join pg_attribute as a
            on a.attrelid = e.name::regclass
            and a.attname = m.key
            and a.attnum > 0
        where m.key <> 'last_used_at'
        group by e.name, e.row_id, m.key, m.value
        having sum(d.weight) <> 0
    ), passwords as (
        -- As in audited_documents: the last one, and of those in its minute, the one that the account has.
        select distinct on (p.row_id) p.row_id, p.fingerprint
        from (
            select
                e.row_id, e.occurred_at, e.id, e.after ->> 'password_sha256' as fingerprint,
                max(e.occurred_at) over (partition by e.row_id) as last_at
            from events as e
            where e.name = 'users'
                and (
                    e.action in ('user.password', 'user.erase')
                    or e.after ?| array['password_changed', 'password_sha256']
                )
        ) as p
        left join users as u on u.id = p.row_id
        where p.occurred_at >= p.last_at - interval '1 minute'
        order by
            p.row_id,
            (p.fingerprint = encode(sha256(convert_to(u.password_hash, 'UTF8')), 'hex')) is true desc,
            p.occurred_at desc,
            p.id desc
    ), erasures as (
        select e.row_id, jsonb_object_agg(h.key, h.value) as redacted
        from events as e
        cross join lateral jsonb_each(e.after -> 'redacted') as h
        where e.name = 'users'
        group by e.row_id
    ), states as (
        select
            t.*,
            jsonb_strip_nulls(jsonb_build_object('password_sha256', p.fingerprint, 'redacted', x.redacted)) as extra
        from (
            select
                e.name,
                e.row_id,
                sum(audit_event_rows(e.action, e.before)) as rows_change,
                max(e.occurred_at) as occurred_at,
                (array_agg(e.cashier_id order by e.occurred_at desc, e.id desc))[1] as cashier_id
            from events as e
            group by e.name, e.row_id
        ) as t
        left join passwords as p on t.name = 'users' and p.row_id = t.row_id
        left join erasures as x on t.name = 'users' and x.row_id = t.row_id
    ), values_left as (
        -- A new row has no state before it, so these begin after the events of new rows.
        select
            c.name,
            c.row_id,
            c.key,
            c.value,
            c.remaining > 0 as is_after,
            row_number() over (partition by c.name, c.row_id, c.key, c.remaining > 0 order by c.value)
                + case when c.remaining < 0 then greatest(s.rows_change, 0) else 0 end as turn
        from cells as c
        join states as s on s.name = c.name and s.row_id = c.row_id
        -- Every event of a credential has its id.
        cross join lateral generate_series(1, case when c.key = 'id' then 1 else abs(c.remaining) end::bigint) as n
    ), turns as (
        select
            v.name,
            v.row_id,
            v.turn,
            jsonb_object_agg(v.key, v.value) filter (where not v.is_after) as before,
            jsonb_object_agg(v.key, v.value) filter (where v.is_after) as after
        from values_left as v
        group by v.name, v.row_id, v.turn
    ), added as (
        insert into audit_events (
            business_id, id, occurred_at, action, cashier_id, session_id, reason, before, after
        )
        select
            of_business,
            gen_random_uuid(),
            s.occurred_at,
            case
                when n.turn <= -s.rows_change then 'cashier.unassign'
                when s.name = 'users' then 'adopt.user'
                when s.name = 'businesses' then 'adopt.business'
                when s.name = 'business_cashiers' then 'adopt.cashier'
                when s.name = 'credentials' then 'adopt.credential'
                else 'adopt.session'
            end,
            s.cashier_id,
            case when s.name = 'cash_sessions' then s.row_id end,
            format('archived: positions %s to %s', place + 1, last_place),
            case when n.turn > s.rows_change then coalesce(t.before, '{}') end,
            coalesce(t.after, '{}')
                || case when n.turn = 1 then s.extra else '{}' end
                || case when s.name = 'credentials' then jsonb_build_object('id', s.row_id) else '{}' end
        from states as s
        cross join lateral generate_series(
            1::bigint,
            greatest(
                abs(s.rows_change),
                (select max(l.turn) from turns as l where l.name = s.name and l.row_id = s.row_id),
                case when s.extra <> '{}' then 1 else 0 end
            )::bigint
        ) as n (turn)
        left join turns as t on t.name = s.name and t.row_id = s.row_id and t.turn = n.turn
    )
    select count(*) into removed_count from removed as r;
    if removed_count <> last_place - place then
        raise exception 'the chain of business % has lost events between the positions % and %',
            of_business, place + 1, last_place
            using errcode = 'object_not_in_prerequisite_state';
    end if;
    delete from audit_seals as s
    where s.business_id = of_business
        and s.position > place
        and s.position <= last_place;
    -- The chain itself says what was removed, and which file has it.
    insert into audit_events (business_id, id, action, after)
    values (
        of_business, gen_random_uuid(), 'audit.archive',
        jsonb_build_object(
            'first_position', place + 1, 'position', last_place, 'hash', encode(last_hash, 'hex'),
            'file_sha256', encode(of_file, 'hex')
        )
    );
    return removed_count;
end
$$;

revoke execute on function remove_archived_events from public;

-- migrate:down

-- Archived events stay removed, and the previous version of `audit verify` reports a missing seal in their place.
set local lock_timeout = '1500ms';

drop function remove_archived_events;
drop function audited_row;

create or replace function is_redacted(e audit_events) returns boolean
language sql stable as $$
    select e.business_id = '00000000-0000-0000-0000-000000000000'::uuid
        and exists (
            select
            from audit_events as x
            where x.business_id = '00000000-0000-0000-0000-000000000000'::uuid
                and x.action = 'user.erase'
                and x.cashier_id = e.cashier_id
                and x.after -> 'redacted' ->> e.id::text = encode(audit_event_hash(e), 'hex')
        )
$$;

drop trigger tr_audit_events_archived_only on audit_events;
drop trigger tr_audit_seals_archived_only on audit_seals;
drop function refuse_unarchived_removal;

create or replace trigger tr_audit_events_immutable
before delete or truncate on audit_events
for each statement execute function refuse_audit_change();

create or replace trigger tr_audit_seals_immutable
before update or delete or truncate on audit_seals
for each statement execute function refuse_audit_change();

drop table audit_archives;
