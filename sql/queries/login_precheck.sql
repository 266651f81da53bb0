-- Returns whether a login attempt may check a password now, and its account. The e-mail is case-insensitive.
-- $1 text  e-mail
-- $2 text  origin of the attempt, such as address/192.0.2.1
-- $3 boolean  whether the origin is a credential of the account, which is always known
-- Returns one row: the seconds until a password check is allowed, whether the account logged in from the origin in the
-- last 30 days, then the account, whose columns are null if there is none. Inactive accounts are included, so that they
-- cost the same time. A known origin waits for its own failures only. An unknown one also waits for the failures of the
-- account from all unknown origins, and while 50 accounts failed from it in 5 minutes.
with attempt as (
    -- include login_attempt
), facts as (
    select
        a.account,
        a.pair,
        $3::boolean
        or coalesce(
            (select o.last_at from login_origins as o where o.pair = a.pair) > now() - interval '30 days', false
        ) as is_known,
        (
            -- The time of the fiftieth failure before now, counting one for each account.
            select f.last_at
            from login_failures as f
            where f.origin = a.origin
            order by f.last_at desc
            offset 49
            limit 1
        ) as fiftieth_at
    from attempt as a
)
select
    case
        when k.is_known then login_wait_seconds(array[k.pair], now())
        else greatest(
            login_wait_seconds(array[k.pair, k.account], now()),
            ceil(extract(epoch from k.fiftieth_at - now()) + 300)::integer
        )
    end as wait_seconds,
    k.is_known,
    -- include account_columns
from facts as k
left join users as u on lower(u.email) = lower($1::text);
