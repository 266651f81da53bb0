-- Deletes login failures that no longer delay a login. It deletes 500 at a time, so that no lock lasts long. Any number
-- of processes may run it at once.
-- Returns nothing; the row count shows whether there may be more.
delete from login_failures as f
using (
    select subject
    from login_failures
    where last_at < now() - interval '2 hours'
    order by last_at
    limit 500
    for update skip locked
) as old
where f.subject = old.subject;
