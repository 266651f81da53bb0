-- Returns a page of one session's audit events, newest first. Administrators see every session, and cashiers their own
-- sessions that are not deleted.
-- $1 bytea  SHA-256 of the caller's bearer
-- $2 uuid  business
-- $3 uuid  session
-- $4 timestamp with time zone  occurred_at of the last event of the page before, or null
-- $5 uuid  its id, or null
-- $6 integer  page size
-- Returns no row if the bearer is not valid; otherwise at least one row: the caller's role, whether they see the
-- business, the session's cashier (null if there is no such session), whether it is deleted, then an event, whose
-- columns are null if the page is empty or the caller may not see it.
select
    u.role,
    b.id is not null as sees_business,
    s.cashier_id as session_cashier_id,
    coalesce(s.is_deleted, false) as is_deleted,
    -- include audit_event_columns
from (
    -- include caller
) as u
left join businesses as b
    on b.id = $2::uuid
    -- include caller_sees_business
left join cash_sessions as s
    on s.business_id = b.id
    and s.id = $3::uuid
left join lateral (
    select l.*
    from audit_events as l
    where l.business_id = s.business_id
        and l.session_id = s.id
        and (l.occurred_at, l.id)
            < (
                coalesce($4::timestamptz, 'infinity'::timestamptz),
                coalesce($5::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid)
            )
    order by l.occurred_at desc, l.id desc
    limit $6::integer
) as e on u.role = 'ADMIN' or (s.cashier_id = u.id and s.is_deleted = false)
left join users as a on a.id = e.actor_id
order by e.occurred_at desc, e.id desc;
