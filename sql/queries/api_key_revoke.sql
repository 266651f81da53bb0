-- Revokes an API key and audits it. CLI only. A key that is already revoked does not change.
-- $1 uuid  key
-- $2 uuid  audit event
-- Returns one row: the key, or none if there is no such key.
with revoked as (
    update api_keys as k
    set revoked_at = now()
    where k.id = $1::uuid
        and k.revoked_at is null
    returning k.*
), audited as (
    insert into audit_events (business_id, id, action, cashier_id, before, after)
    select
        '00000000-0000-0000-0000-000000000000'::uuid, $2::uuid, 'key.revoke', k.user_id,
        jsonb_build_object('id', k.id, 'revoked_at', null),
        jsonb_build_object('id', k.id, 'revoked_at', k.revoked_at)
    from revoked as k
), current as (
    select * from revoked
    union all
    select k.* from api_keys as k where k.id = $1::uuid and not exists (select from revoked)
)
select
    -- include api_key_columns
from current as k
join users as u on u.id = k.user_id;
