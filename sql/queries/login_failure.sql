-- Counts a wrong password for the account and its origin. From an unknown origin it counts for the account too. The
-- rows are locked in the order of their subjects.
-- $1 text  e-mail of the account, which need not exist
-- $2 text  origin of the attempt, such as address/192.0.2.1
-- $3 boolean  whether the account knows the origin; see login_precheck.sql
-- Returns nothing.
with attempt as (
    -- include login_attempt
)
insert into login_failures as f (subject, origin, level, last_at)
select s.subject, s.origin, 1, clock_timestamp()
from attempt as a
cross join lateral (values (a.pair, a.origin), (a.account, null)) as s (subject, origin)
where s.subject = a.pair
    or not $3::boolean
order by s.subject
on conflict (subject) do update
set level = least(
        16, 1 + greatest(0, f.level - greatest(0, extract(epoch from clock_timestamp() - f.last_at)) / 300)
    ),
    last_at = clock_timestamp();
