-- Deletes the origins from which an account did not log in for 30 days. It deletes 500 at a time, so that no lock lasts
-- long. Any number of processes may run it at once.
-- Returns nothing; the row count shows whether there may be more.
delete from login_origins as o
using (
    select pair
    from login_origins
    where last_at < now() - interval '30 days'
    order by last_at
    limit 500
    for update skip locked
) as old
where o.pair = old.pair;
