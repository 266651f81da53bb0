-- Returns the statements that build the one-open index on a partitioned cash_sessions. No single statement builds it
-- there without blocking tills. The first statements drop every index with its name. Each statement that locks the
-- whole table waits at most 1.5 s for the lock. If it fails, run all statements again.
-- Returns one row per statement, in the order to run them, each in its own transaction; no row if the table is not
-- partitioned.
with leaf as (
    select
        t.relid::regclass::text as partition,
        'uq_cash_sessions_one_open_per_cashier_business'
            || coalesce(substring(c.relname from '_p[0-9]+$'), '_p' || c.oid) as name
    from pg_partition_tree(to_regclass('cash_sessions')) as t
    join pg_class as c on c.oid = t.relid
    where t.isleaf
        and t.level > 0
), step (number, text) as (
    select 1, 'set lock_timeout = 1500'
    union all
    select 2, 'drop index if exists uq_cash_sessions_one_open_per_cashier_business'
    union all
    select 3, format('drop index if exists %I', l.name) from leaf as l
    union all
    -- It enforces nothing until each partition's index is attached to it.
    select
        4,
        'create unique index uq_cash_sessions_one_open_per_cashier_business on only cash_sessions'
            || ' (cashier_id, business_id) where status = ''OPEN'' and is_deleted = false'
    union all
    -- A concurrent build waits for all earlier writers, so this step has no lock timeout.
    select 5, 'set lock_timeout = 0'
    union all
    select
        6,
        format(
            'create unique index concurrently %I on %s (cashier_id, business_id)'
                || ' where status = ''OPEN'' and is_deleted = false',
            l.name, l.partition
        )
    from leaf as l
    union all
    select 7, 'set lock_timeout = 1500'
    union all
    select 8, format('alter index uq_cash_sessions_one_open_per_cashier_business attach partition %I', l.name)
    from leaf as l
)
select s.text
from step as s
where exists (select from leaf)
order by s.number, s.text;
