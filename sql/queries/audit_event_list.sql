-- Returns a page of audit events of all businesses, newest first. Administrators only.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business, or null for any
-- $3 uuid  session, or null for any
-- $4 uuid  actor, or null for any
-- $5 text  action, or null for any
-- $6 timestamp with time zone  occurred at or after, or null
-- $7 timestamp with time zone  occurred before, or null
-- $8 timestamp with time zone  occurred_at of the last event of the page before, or null
-- $9 uuid  its id, or null
-- $10 integer  page size
-- Returns no row if the bearer is not valid; otherwise at least one row: the caller's role, then an event,
-- whose columns are null if the page is empty or the caller is not an administrator.
select
    u.role,
    -- include audit_event_columns
from (
    -- include caller
) as u
left join lateral recent_audit_events(
    $2::uuid, $3::uuid, $4::uuid, $5::text,
    coalesce($6::timestamptz, '-infinity'::timestamptz),
    least($8::timestamptz, $7::timestamptz, 'infinity'::timestamptz),
    -- The filter's upper bound excludes all events at that time. At the cursor's time, the id decides.
    case
        when $7::timestamptz <= coalesce($8::timestamptz, 'infinity'::timestamptz)
            then '00000000-0000-0000-0000-000000000000'::uuid
        else coalesce($9::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
    end,
    case u.role when 'ADMIN' then $10::integer else 0 end
) as e on true
left join users as a on a.id = e.actor_id
order by e.occurred_at desc, e.id desc
limit $10::integer;
