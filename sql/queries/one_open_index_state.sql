-- Returns the state of the one-open index. This unique index enforces at most one open session.
-- Returns one row: enforced, missing, invalid (it enforces nothing, or not for all rows), not_unique, or
-- wrong_definition (other columns, another condition, or a partition's index has a name that the service does not
-- recognize in a conflict).
select
    case
        when i.indexrelid is null then 'missing'
        -- Each partition's index must be valid.
        when not (i.indisvalid and i.indisready and p.valid = p.partitions) then 'invalid'
        when not i.indisunique then 'not_unique'
        when p.recognized = p.partitions
            -- include one_open_index_definition
            then 'enforced'
        else 'wrong_definition'
    end as state
from (select to_regclass('uq_cash_sessions_one_open_per_cashier_business') as id) as g
left join pg_index as i on i.indexrelid = g.id and i.indrelid = to_regclass('cash_sessions')
-- All counts are zero if the table is not partitioned.
cross join lateral (
    select
        count(*) as partitions,
        count(*) filter (where x.indisvalid and x.indisready) as valid,
        count(*) filter (where c.relname ~ '^uq_cash_sessions_one_open_per_cashier_business_p[0-9]+$') as recognized
    from pg_partition_tree(i.indrelid) as t
    left join (pg_inherits as h join pg_index as x on x.indexrelid = h.inhrelid)
        on h.inhparent = i.indexrelid and x.indrelid = t.relid
    left join pg_class as c on c.oid = x.indexrelid
    where t.isleaf
) as p;
