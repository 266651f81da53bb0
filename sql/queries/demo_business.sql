-- Makes a business of the demo data, or restores the one with this name.
-- $1 uuid  business, if it has to be made
-- $2 text  name
-- $3 text  currency
-- $4 text  time zone
-- Answers one row: the id it has.
insert into businesses (id, name, currency, time_zone)
values ($1::uuid, $2::text, $3::text, $4::text)
on conflict (lower(name)) do update
set currency = excluded.currency,
    time_zone = excluded.time_zone,
    is_active = true
returning id;
