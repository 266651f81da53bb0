-- Deletes conflicts older than a number of days. It deletes 500 at a time, so that no lock lasts long. Any number of
-- processes may run it at once.
-- $1 integer  days
-- Returns nothing; the row count shows whether there may be more.
delete from open_conflicts as c
where c.ctid = any (
        array(
            select o.ctid
            from businesses as b
            -- One index lookup per business. No index has the time first.
            cross join lateral (
                select l.ctid
                from open_conflicts as l
                where l.business_id = b.id
                    and l.first_at < now() - make_interval(days => $1::integer)
                order by l.first_at
                limit 500
                for update skip locked
            ) as o
            limit 500
        )
    )
    -- The statement checks the age again, as idempotency_keys_purge.sql does.
    and c.first_at + make_interval(days => $1::integer) < now();
