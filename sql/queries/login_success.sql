-- Removes the failures of an account from one origin, and remembers the origin. What an unknown origin added to the
-- failures of the account is subtracted; other origins' failures stay. The rows are locked in the order of their
-- subjects, as in login_failure.sql.
-- $1 text  e-mail of the account
-- $2 text  origin of the attempt, such as address/192.0.2.1
-- $3 boolean  whether the origin is a credential of the account, which needs no row
-- Returns nothing.
with attempt as (
    -- include login_attempt
), locked as materialized (
    select f.subject
    from attempt as a
    join login_failures as f on f.subject = any (array[a.pair, a.account])
    order by f.subject
    for update of f
), cleared as (
    delete from login_failures as f
    using attempt as a, locked as l
    where l.subject = a.pair
        and f.subject = l.subject
    returning f.level
), reduced as (
    update login_failures as f
    set level = greatest(0, f.level - c.level)
    from attempt as a
    cross join cleared as c
    where f.subject = a.account
        and not $3::boolean
        and not exists (select from login_origins as o where o.pair = a.pair)
)
insert into login_origins as o (pair, last_at)
select a.pair, now()
from attempt as a
where not $3::boolean
on conflict (pair) do update
set last_at = excluded.last_at;
