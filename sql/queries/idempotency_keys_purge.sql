-- Forgets answers that were kept for seven days, five hundred at a time, so that no lock is held for long. Any number
-- of processes may do it at once.
-- Answers nothing; the number of rows says whether there may be more.
delete from idempotency_keys as k
-- By its place in the table: joined by its key, the whole table might be read for each five hundred.
where k.ctid = any (
        array(
            select o.ctid
            from idempotency_keys as o
            where o.created_at < now() - interval '7 days'
            order by o.created_at
            limit 500
            for update skip locked
        )
    )
    -- In a table with partitions another row may have the same place: it goes only if it is old too.
    and k.created_at < now() - interval '7 days';
