-- Shows the rows and the size of each table, so that an operator can predict the growth of the database.
--
--   psql "$DATABASE_URL" --no-psqlrc --file sql/operations/table_sizes.sql
--
-- Rows are PostgreSQL's estimates from its last vacuum or analyze. Sizes contain indexes and free space. A partitioned
-- table counts with all its partitions. Changes nothing.
\set ON_ERROR_STOP on
\set QUIET on
set default_transaction_read_only = on;
\pset footer off

select
    t.name as "table",
    t.row_count as "rows",
    t.bytes,
    round(t.bytes / nullif(t.row_count, 0)) as "bytes per row"
from (
    select
        c.relname as name,
        sum(greatest(0, p.reltuples)) filter (where p.relkind = 'r') as row_count,
        sum(pg_total_relation_size(p.oid)) as bytes
    from pg_class as c
    -- The tree of a table without partitions is empty.
    cross join lateral (select c.oid union select t.relid from pg_partition_tree(c.oid) as t) as m (relid)
    join pg_class as p on p.oid = m.relid
    where c.relnamespace = 'public'::regnamespace
        and c.relkind in ('r', 'p')
        and not c.relispartition
    group by c.relname
) as t
order by t.bytes desc, t.name;
