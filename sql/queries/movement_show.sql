-- Returns one movement. The service decides whether the caller may see its session.
-- $1 uuid  business
-- $2 uuid  movement
-- Returns one row, or none if there is no such movement.
select
    -- include movement_columns
from movements as m
where m.business_id = $1::uuid
    and m.id = $2::uuid;
