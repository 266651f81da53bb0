-- Returns the name of a time zone as spelled in the time zone database. Abbreviations and rules such as XYZ3, which
-- PostgreSQL also accepts, do not count as names. The statement reads the files of all zones, so use it for rare work
-- only.
-- $1 text  name, case-insensitive
-- Returns one row, or none if there is no such zone.
select z.name
from pg_timezone_names as z
where lower(z.name) = lower($1::text)
    and z.name !~ '^(posix|right)/'
    and z.name not in ('localtime', 'posixrules', 'Factory');
