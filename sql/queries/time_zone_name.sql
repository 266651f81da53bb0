-- The name of a time zone as it is written in the zone database. What PostgreSQL would take beside such names,
-- abbreviations and rules like XYZ3, is none. Reads the files of all zones, so it is for rare work.
-- $1 text  name, in any capitals
-- Answers one row, or none if there is no such zone.
select z.name
from pg_timezone_names as z
where lower(z.name) = lower($1::text)
    and z.name !~ '^(posix|right)/'
    and z.name not in ('localtime', 'posixrules', 'Factory');
