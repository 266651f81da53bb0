-- Creates a business of the demo data, or restores the one with this name.
-- $1 uuid  business to create, if the name is new
-- $2 text  name
-- $3 text  currency
-- $4 text  time zone
-- Returns one row: its id.
insert into businesses (id, name, currency, time_zone)
values ($1::uuid, $2::text, $3::text, $4::text)
on conflict (lower(name)) do update
set currency = excluded.currency,
    time_zone = excluded.time_zone,
    is_active = true
returning id;
