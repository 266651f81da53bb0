-- Creates a business in one statement. The statement checks the caller, inserts, audits and saves the stored response
-- for the idempotency key. A retry of an unknown outcome under the same id returns the first result.
-- $1 bytea  SHA-256 of the caller's bearer, or null for the command line
-- $2 uuid  business
-- $3 text  name
-- $4 text  currency
-- $5 text  time zone
-- $6 integer  day_cutoff, in minutes after midnight
-- $7 integer  stale_after_hours
-- $8 integer  edit_window_hours
-- $9 boolean  is_active
-- $10 uuid  audit event
-- $11 text  request id, or null for the command line
-- $12 text  idempotency key, or null
-- $13 bytea  SHA-256 of the request, or null
-- $14 text  client's request id, or null
-- $15 boolean  blind_count
-- Returns one row if the bearer is valid, else none: whether the idempotency key was free to use, the caller's
-- role, the fingerprint of the key's first request, then the business, new or as in the stored response; its columns
-- are null if there is none. A duplicate name violates uq_businesses_name.
with caller as (
    -- include caller_or_command_line
), key_lock as materialized (
    select
        $12::text is null
        or pg_try_advisory_xact_lock(hashtextextended(concat_ws('/', c.id, 'business.create', $12::text), 0)) as is_free
    from caller as c
), first_request as (
    select k.fingerprint, k.answer
    from caller as c
    join idempotency_keys as k
        on k.business_id = '00000000-0000-0000-0000-000000000000'::uuid
        and k.user_id = c.id
        and k.operation = 'business.create'
        and k.key = $12::text
), existing as (
    -- Created by an earlier attempt, whose outcome was unknown.
    select b.*
    from caller as c
    join businesses as b on b.id = $2::uuid
    where c.role = 'ADMIN'
), created as (
    insert into businesses (
        id, name, currency, time_zone, day_cutoff, stale_after_hours, edit_window_hours, is_active, blind_count
    )
    select
        $2::uuid, $3::text, $4::text, $5::text, time '00:00' + make_interval(mins => $6::integer), $7::integer,
        $8::integer, $9::boolean, $15::boolean
    from caller as c
    cross join key_lock as k
    where c.role = 'ADMIN'
        and k.is_free
        and not exists (select from first_request)
        and not exists (select from existing)
    returning *
), audited as (
    insert into audit_events (business_id, id, action, actor_id, request_id, client_request_id, after)
    select b.id, $10::uuid, 'business.create', c.id, $11::text, $14::text, to_jsonb(b)
    from created as b
    cross join caller as c
), stored as (
    insert into idempotency_keys (business_id, user_id, operation, key, fingerprint, answer)
    select
        '00000000-0000-0000-0000-000000000000'::uuid, c.id, 'business.create', $12::text, $13::bytea, to_jsonb(b)
    from created as b
    cross join caller as c
    where $12::text is not null
), result as (
    select * from created
    union all
    select * from existing
    union all
    select b.* from first_request as f cross join jsonb_populate_record(null::businesses, f.answer) as b
    where not exists (select from existing)
)
select
    k.is_free,
    c.role,
    case when not exists (select from existing) then f.fingerprint end as fingerprint,
    -- include business_columns
from caller as c
cross join key_lock as k
left join first_request as f on true
left join result as b on true;
