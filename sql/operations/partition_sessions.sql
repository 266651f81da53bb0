-- Partitions cash_sessions by hash of the business. `cashpilot migrate up` must have applied all migrations:
-- docs/OPERATING.md, "Growth". It runs once. The only way back is a restore or a similar copy into a plain table.
--
--   psql "$DATABASE_URL" --no-psqlrc --set partitions=16 --file sql/operations/partition_sessions.sql
--
-- Run it as the owner of the table. It copies the table in one transaction, which blocks all reads and writes of
-- sessions. The service answers such requests with 503 not_applied. A million sessions in 16 partitions took 21 s on
-- two shared cores, so try it on a restored backup first. It needs free disk space for a second copy of the table and
-- its indexes. A failure changes nothing. At the end it prints the time for which the table was locked.
--
-- Columns, checks, keys, indexes, foreign keys, triggers, privileges and the functions that use the table's row type
-- come from the catalog. So a schema change needs no change here. A partition's index has the name of the parent index
-- and a suffix _p0, _p1 …, by which the service recognizes a violated rule.
\set ON_ERROR_STOP on
\set QUIET on
\if :{?partitions}
\else
\set partitions 16
\endif
set client_min_messages = warning;
begin;
set local search_path = public, pg_catalog;
-- All other requests queue behind this lock wait, so it is limited to 5 s.
set local lock_timeout = '5s';
set local statement_timeout = 0;
set local idle_in_transaction_session_timeout = 0;
-- The functions are created in any order, and one may call another.
set local check_function_bodies = off;

select set_config('cashpilot.partitions', :'partitions', true) \g /dev/null
do $$
begin
    if current_setting('cashpilot.partitions') !~ '^[1-9][0-9]{0,3}$'
        or current_setting('cashpilot.partitions')::integer > 1024 then
        raise exception 'partitions: a number from 1 to 1024';
    end if;
    if to_regclass('cash_sessions') is null then
        raise exception 'there is no table cash_sessions here; cashpilot migrate up makes it';
    end if;
    if (select c.relkind from pg_class as c where c.oid = 'cash_sessions'::regclass) = 'p' then
        raise exception 'cash_sessions is partitioned already: nothing was changed';
    end if;
    if exists (select from pg_constraint as f where f.confrelid = 'cash_sessions'::regclass) then
        raise exception 'a foreign key leads to cash_sessions, and this does not know how to move it';
    end if;
    if exists (select from pg_index as i where i.indrelid = 'cash_sessions'::regclass and not i.indisvalid) then
        raise exception 'cash_sessions has an INVALID index: drop it, or have cashpilot doctor --mend build it';
    end if;
    if exists (
        select
        from pg_proc as p
        where p.proacl is not null
            and 'cash_sessions'::regtype = any (p.proargtypes::oid[] || p.prorettype)
    ) then
        raise exception 'a function of cash_sessions has rights of its own, and this does not know how to move them';
    end if;
end
$$;

lock table cash_sessions in access exclusive mode;
-- Everything below runs as the owner of the table, whichever user runs this file.
select
    clock_timestamp() as since, pg_get_userbyid(c.relowner) as owner,
    'cash_sessions'::regclass::oid as plain, 'cash_sessions'::regtype::oid as row_type
from pg_class as c
where c.oid = 'cash_sessions'::regclass
\gset
set local role :"owner";

-- The statements that recreate the table's other objects, in a valid order.
create temporary table again on commit drop as
select
    1 as place, c.conname::text as name,
    format('alter table cash_sessions add constraint %I %s', c.conname, pg_get_constraintdef(c.oid)) as text
from pg_constraint as c
where c.conrelid = :plain
    and c.contype in ('p', 'u', 'x')
union all
select 2, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
from pg_index as i
where i.indrelid = :plain
    and not exists (select from pg_constraint as c where c.conindid = i.indexrelid and c.contype in ('p', 'u', 'x'))
union all
select 3, c.conname, format('alter table cash_sessions add constraint %I %s', c.conname, pg_get_constraintdef(c.oid))
from pg_constraint as c
where c.conrelid = :plain
    and c.contype = 'f'
union all
select 4, t.tgname, pg_get_triggerdef(t.oid)
from pg_trigger as t
where t.tgrelid = :plain
    and not t.tgisinternal
union all
select
    5, null,
    format(
        'grant %s on cash_sessions to %s%s', x.privilege_type,
        case x.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(x.grantee)) end,
        case when x.is_grantable then ' with grant option' else '' end
    )
from pg_class as c
cross join lateral aclexplode(c.relacl) as x
where c.oid = :plain
union all
select
    5, null,
    format(
        'grant %s (%I) on cash_sessions to %s', x.privilege_type, a.attname,
        case x.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(x.grantee)) end
    )
from pg_attribute as a
cross join lateral aclexplode(a.attacl) as x
where a.attrelid = :plain
    and not a.attisdropped
union all
select 6, null, pg_get_functiondef(p.oid)
from pg_proc as p
where :row_type = any (p.proargtypes::oid[] || p.prorettype);

-- The functions depend on the table's row type, which changes. They are dropped and recreated.
select format('drop function %s', p.oid::regprocedure)
from pg_proc as p
where :row_type = any (p.proargtypes::oid[] || p.prorettype)
\gexec

alter table cash_sessions rename to cash_sessions_plain;
create table cash_sessions (like cash_sessions_plain including defaults including constraints including comments)
partition by hash (business_id);
select
    format(
        'create table cash_sessions_p%s partition of cash_sessions for values with (modulus %s, remainder %1$s) '
        -- A partitioned table itself has no storage options.
        'with (fillfactor = 80)',
        n, :partitions
    )
from generate_series(0, :partitions - 1) as n
\gexec

-- Default privileges may differ from the old table's privileges, so they are revoked. Roles access the partitions only
-- through the parent.
select
    format(
        'revoke all on %s from %s', c.oid::regclass,
        case x.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(x.grantee)) end
    )
from pg_class as c
cross join lateral aclexplode(c.relacl) as x
where c.oid in (select t.relid from pg_partition_tree('cash_sessions') as t)
    and x.grantee <> c.relowner
group by c.oid, x.grantee
\gexec
insert into cash_sessions select * from cash_sessions_plain;
drop table cash_sessions_plain;

select a.text from again as a order by a.place, a.name \gexec

select format('alter index %I rename to %I', i.relname, w.relname || substring(t.relname from '_p[0-9]+$'))
from pg_inherits as h
join pg_class as i on i.oid = h.inhrelid and i.relkind = 'i'
join pg_class as w on w.oid = h.inhparent
join pg_index as x on x.indexrelid = i.oid
join pg_class as t on t.oid = x.indrelid
where h.inhparent in (select p.indexrelid from pg_index as p where p.indrelid = 'cash_sessions'::regclass)
\gexec

select to_char(extract(epoch from clock_timestamp() - :'since'), 'FM999990.0') as seconds \gset
commit;
select count(*) as sessions from cash_sessions \gset
analyze cash_sessions;
\echo cash_sessions now has :partitions partitions with :sessions sessions. It was locked for :seconds s.
\echo Next: cashpilot doctor
