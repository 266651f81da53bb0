-- Recomputes a range of a business's audit chain and compares it with the stored seals. It computes each seal from the
-- stored seal before it, so it reports an error at the seal that has it.
-- $1 uuid  business
-- $2 bigint  position before the range, 0 for the first
-- $3 bytea  hash there, empty for the first
-- $4 bigint  last position to check
-- $5 integer  maximum number of seals
-- Returns one row: the number of checked seals, the number of those whose event an erasure has redacted, the last one's
-- position and hash (null if there was none), then the error, position and event of the first invalid seal; null if all
-- are valid.
with selected as (
    select s.*
    from audit_seals as s
    where s.business_id = $1::uuid
        and s.position > $2::bigint
        and s.position <= $4::bigint
    order by s.position
    limit $5::integer
), linked as (
    select
        s.*,
        lag(s.position, 1, $2::bigint) over (order by s.position) as previous_position,
        lag(s.hash, 1, $3::bytea) over (order by s.position) as previous_hash
    from selected as s
), checked as (
    select
        c.position,
        c.hash,
        case
            when c.position <> c.previous_position + 1 then 'SEAL_MISSING'
            when e.id is null then 'EVENT_MISSING'
            when c.hash <> audit_seal_hash(c.previous_hash, c.position, c.sealed_at, e.event)
                then case when is_redacted(e.event) then 'REDACTED' else 'ALTERED' end
        end as error,
        case when c.position <> c.previous_position + 1 then c.previous_position + 1 else c.position end
            as error_position,
        case when c.position = c.previous_position + 1 then c.event_id end as event_id
    from linked as c
    left join lateral (
        -- The limit keeps this one index lookup per seal.
        select l.id, l as event
        from audit_events as l
        where l.business_id = c.business_id
            and l.id = c.event_id
        limit 1
    ) as e on true
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
    -- The hash of a redacted event's seal is accepted as it is. The next seal and the head are computed from it.
    select count(*) as checked_count, count(*) filter (where k.error = 'REDACTED') as redacted_count
    from checked as k
) as t
left join lateral (select k.position, k.hash from checked as k order by k.position desc limit 1) as l on true
left join lateral (
    select k.error, k.error_position, k.event_id
    from checked as k
    where k.error <> 'REDACTED'
    order by k.position
    limit 1
) as e on true;
