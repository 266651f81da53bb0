-- How the guard is built where cash_sessions is partitioned, and no single statement builds it while tills go on
-- selling. Whatever has the guard's name goes first. What needs the table to itself takes a moment, and gives up
-- after one and a half seconds: then run all of it again.
-- Answers a row for each statement, in the order in which they are run, each by itself; no row where the table is not
-- partitioned.
with place as (
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
    select 3, format('drop index if exists %I', p.name) from place as p
    union all
    -- It enforces nothing before each partition's index is attached to it.
    select
        4,
        'create unique index uq_cash_sessions_one_open_per_cashier_business on only cash_sessions'
            || ' (cashier_id, business_id) where status = ''OPEN'' and is_deleted = false'
    union all
    -- To build one concurrently is to wait for whoever wrote before, however long that takes.
    select 5, 'set lock_timeout = 0'
    union all
    select
        6,
        format(
            'create unique index concurrently %I on %s (cashier_id, business_id)'
                || ' where status = ''OPEN'' and is_deleted = false',
            p.name, p.partition
        )
    from place as p
    union all
    select 7, 'set lock_timeout = 1500'
    union all
    select 8, format('alter index uq_cash_sessions_one_open_per_cashier_business attach partition %I', p.name)
    from place as p
)
select s.text
from step as s
where exists (select from place)
order by s.number, s.text;
