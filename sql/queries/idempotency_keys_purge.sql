-- Deletes stored responses older than seven days. It deletes 500 at a time, so that no lock lasts long. Any number of
-- processes may run it at once.
-- Returns nothing; the row count shows whether there may be more.
delete from idempotency_keys as k
-- Joined by ctid. A join by key might read the whole table for every 500 rows.
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
    -- A row in another partition may have the same ctid, so the statement checks the age again. The condition
    -- deliberately matches no index on the time, because an index scan would read all expired rows.
    and k.created_at + interval '7 days' < now();
