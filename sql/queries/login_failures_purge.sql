-- Forgets failures that slow down nobody any more, five hundred at a time, so that no lock is held for long. Any
-- number of processes may do it at once.
-- Answers nothing; the number of rows says whether there may be more.
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
