-- Returns the caller, their rights and the existing session, before an open. A batched read: each position of the
-- arrays is one lookup. A conflict ends here, with one read and no write.
-- $1 bytea[]  SHA-256 of the callers' bearers
-- $2 uuid[]  businesses
-- $3 uuid[]  cashiers of the new sessions
-- $4 text[]  idempotency keys, an empty string for none
-- Returns one row per position whose bearer is valid, with the position first.
select
    q.position,
    u.role,
    b.id is not null as sees_business,
    coalesce(b.is_active, false) as business_is_active,
    -- The cashier is assigned to the business. An administrator may open a session for themselves in any business.
    coalesce(
        c.is_active
        and (
            (c.id = u.id and b.id is not null)
            or (select true from business_cashiers as a where a.business_id = b.id and a.cashier_id = c.id)
        ),
        false
    ) as cashier_is_ready,
    now() as instant,
    case
        when q.key <> '' then (
            select k.fingerprint
            from idempotency_keys as k
            where k.business_id = b.id
                and k.user_id = u.id
                and k.operation = 'session.open'
                and k.key = q.key
        )
    end as fingerprint,
    u.terminal_id as caller_terminal_id,
    -- include existing_session_columns
from unnest($1::bytea[], $2::uuid[], $3::uuid[], $4::text[]) with ordinality
    as q (bearer_hash, business_id, cashier_id, key, position)
-- One index lookup per position. Without the limits, the planner would choose full scans while the table is small, and
-- cache that plan.
join lateral (
    -- include caller_of_position
) as u on true
left join lateral (
    select b.id, b.is_active, b.name, b.currency, b.stale_after_hours, b.books_closed_until
    from businesses as b
    where b.id = q.business_id
        -- include caller_sees_business_lookup
    limit 1
) as b on true
left join lateral (select o.id, o.is_active, o.name from users as o where o.id = q.cashier_id limit 1) as c on true
left join lateral (
    select t.*
    from cash_sessions as t
    where t.business_id = b.id
        and t.cashier_id = q.cashier_id
        and t.status = 'OPEN'
        and t.is_deleted = false
    limit 1
) as s on true;
