-- Recomputes the seals of lines of an archive file, as audit_chain_check.sql does for the events in the database.
-- $1 uuid  business
-- $2 bigint  position before the lines, 0 for the first
-- $3 bytea  hash there, empty for the first
-- $4 text[]  lines
-- Returns one row as audit_chain_check.sql does.
with lines as (
    select
        t.turn,
        (t.line ->> 'business_id')::uuid as business_id,
        (t.line ->> 'position')::bigint as position,
        (t.line ->> 'sealed_at')::timestamptz as sealed_at,
        decode(t.line ->> 'hash', 'hex') as hash,
        jsonb_populate_record(null::audit_events, t.line -> 'event') as event
    from (
        select u.turn, u.line::jsonb as line
        from unnest($4::text[]) with ordinality as u (line, turn)
    ) as t
), linked as (
    select
        l.*,
        $2::bigint + l.turn as expected_position,
        lag(l.hash, 1, $3::bytea) over (order by l.turn) as previous_hash
    from lines as l
), checked as (
    select
        c.turn,
        c.position,
        c.hash,
        case
            when c.position is distinct from c.expected_position
                or c.business_id is distinct from $1::uuid
                or (c.event).business_id is distinct from $1::uuid
                then 'SEAL_MISSING'
            when c.hash is distinct from audit_seal_hash(c.previous_hash, c.position, c.sealed_at, c.event)
                then case when is_redacted(c.event) then 'REDACTED' else 'ALTERED' end
        end as error,
        c.expected_position as error_position,
        (c.event).id as event_id
    from linked as c
)
select
    t.checked_count,
    t.redacted_count,
    l.position,
    l.hash,
    e.error,
    e.error_position,
    e.event_id
from (
    select count(*) as checked_count, count(*) filter (where k.error = 'REDACTED') as redacted_count
    from checked as k
) as t
left join lateral (select k.position, k.hash from checked as k order by k.turn desc limit 1) as l on true
left join lateral (
    select k.error, k.error_position, k.event_id
    from checked as k
    where k.error <> 'REDACTED'
    order by k.turn
    limit 1
) as e on true;
