-- migrate:up transaction:false

-- Nobody who logs in owns anything: all belongs to `cashpilot_owner`, and whoever migrates is a member of it. So a
-- login may go without what it made, and a function that lends its owner's rights never lends a superuser's.
-- `cashpilot migrate` works as the owner of `schema_migrations`, so what later migrations make belongs here too.
--
-- One object after the other: nobody else may have a table in that moment, and tills go on selling. Halfway all works
-- as before. A run that was cut off is begun again.

reset role;
set lock_timeout = '1500ms';

do $$
begin
    begin
        if not exists (select from pg_roles as r where r.rolname = 'cashpilot_owner') then
            create role cashpilot_owner nologin;
        end if;
    exception
        when duplicate_object or unique_violation then
            null; -- Another database made it in the same instant.
        when insufficient_privilege then
            null; -- What is missing is said below.
    end;
    -- A superuser may take any role as it is.
    begin
        if not (select r.rolsuper from pg_roles as r where r.rolname = current_user) then
            execute format('grant cashpilot_owner to %I', current_user);
        end if;
    exception
        when insufficient_privilege or undefined_object or unique_violation or internal_error then
            null; -- Whoever made the role says who may take it, or another database is saying so just now.
    end;
    if not exists (
        select
        from pg_roles as r
        where r.rolname = 'cashpilot_owner'
            and pg_has_role(r.oid, 'usage')
            -- From 16 on to have a role's rights and to work as it are two things.
            and (current_setting('server_version_num')::integer < 160000 or pg_has_role(r.oid, 'set'))
    ) then
        raise exception
            '% may not work as cashpilot_owner; as a superuser: create role cashpilot_owner nologin, '
            'if there is none, and grant cashpilot_owner to %, who must inherit it',
            current_user, quote_ident(current_user)
            using errcode = 'insufficient_privilege';
    end if;
end
$$;

grant usage, create on schema public to cashpilot_owner;
do $$
begin
    if not has_schema_privilege('cashpilot_owner', 'public', 'create') then
        raise exception
            '% may not give a right on the schema; as a superuser: grant usage, create on schema public '
            'to cashpilot_owner', current_user
            using errcode = 'insufficient_privilege';
    end if;
end
$$;

-- Functions first, which lend their owner's rights: theirs to the tables must be there before and after the tables'
-- turn.
grant select, insert, update, delete on all tables in schema public to cashpilot_owner;
alter function admit_login owner to cashpilot_owner;
alter function audit_seal_hash owner to cashpilot_owner;
alter function audited_businesses owner to cashpilot_owner;
alter function await_audit_seal owner to cashpilot_owner;
alter function forgive_login owner to cashpilot_owner;
alter function is_listed owner to cashpilot_owner;
alter function login_subjects owner to cashpilot_owner;
alter function login_wait_seconds owner to cashpilot_owner;
alter function place_audit_events owner to cashpilot_owner;
alter function recent_audit_events owner to cashpilot_owner;
alter function recent_business_sessions owner to cashpilot_owner;
alter function recent_rarer_sessions owner to cashpilot_owner;
alter function recent_sessions owner to cashpilot_owner;
alter function refuse_audit_change owner to cashpilot_owner;
alter function seal_audit_chains owner to cashpilot_owner;
alter function seal_audit_events owner to cashpilot_owner;

alter table api_keys owner to cashpilot_owner;
alter table audit_events owner to cashpilot_owner;
alter table audit_heads owner to cashpilot_owner;
alter table audit_seals owner to cashpilot_owner;
alter table audit_unsealed owner to cashpilot_owner;
alter table business_cashiers owner to cashpilot_owner;
alter table business_counters owner to cashpilot_owner;
alter table businesses owner to cashpilot_owner;
alter table cash_sessions owner to cashpilot_owner;
alter table event_feed owner to cashpilot_owner;
alter table idempotency_keys owner to cashpilot_owner;
alter table login_failures owner to cashpilot_owner;
alter table open_conflicts owner to cashpilot_owner;
alter table users owner to cashpilot_owner;
do $$
declare
    part regclass;
begin
    for part in select t.relid from pg_partition_tree('cash_sessions') as t where t.level > 0 loop
        execute format('alter table %s owner to cashpilot_owner', part);
        commit;
    end loop;
end
$$;

alter domain money_amount owner to cashpilot_owner;

-- What new tables grant is said of whoever makes them: no more of the one who made them so far.
alter default privileges for role cashpilot_owner in schema public
grant select, insert, update on tables to cashpilot_app;
alter default privileges for role cashpilot_owner in schema public grant usage on sequences to cashpilot_app;
alter default privileges for role cashpilot_owner in schema public grant select on tables to cashpilot_readonly;
do $$
declare
    former text;
begin
    select pg_get_userbyid(c.relowner) into former from pg_class as c where c.oid = 'schema_migrations'::regclass;
    if former <> 'cashpilot_owner' then
        execute format(
            'alter default privileges for role %I in schema public revoke all on tables '
            'from cashpilot_app, cashpilot_readonly', former
        );
        execute format(
            'alter default privileges for role %I in schema public revoke all on sequences from cashpilot_app', former
        );
    end if;
end
$$;

-- Last, since it says who owned the rest.
alter table schema_migrations owner to cashpilot_owner;
reset lock_timeout;

-- migrate:down transaction:false

-- All belongs to whoever takes this back. The role stays: it is the cluster's, and another database may use it.
reset role;
set lock_timeout = '1500ms';

alter function admit_login owner to current_user;
alter function audit_seal_hash owner to current_user;
alter function audited_businesses owner to current_user;
alter function await_audit_seal owner to current_user;
alter function forgive_login owner to current_user;
alter function is_listed owner to current_user;
alter function login_subjects owner to current_user;
alter function login_wait_seconds owner to current_user;
alter function place_audit_events owner to current_user;
alter function recent_audit_events owner to current_user;
alter function recent_business_sessions owner to current_user;
alter function recent_rarer_sessions owner to current_user;
alter function recent_sessions owner to current_user;
alter function refuse_audit_change owner to current_user;
alter function seal_audit_chains owner to current_user;
alter function seal_audit_events owner to current_user;

alter table api_keys owner to current_user;
alter table audit_events owner to current_user;
alter table audit_heads owner to current_user;
alter table audit_seals owner to current_user;
alter table audit_unsealed owner to current_user;
alter table business_cashiers owner to current_user;
alter table business_counters owner to current_user;
alter table businesses owner to current_user;
alter table cash_sessions owner to current_user;
alter table event_feed owner to current_user;
alter table idempotency_keys owner to current_user;
alter table login_failures owner to current_user;
alter table open_conflicts owner to current_user;
alter table users owner to current_user;
do $$
declare
    part regclass;
begin
    for part in select t.relid from pg_partition_tree('cash_sessions') as t where t.level > 0 loop
        execute format('alter table %s owner to current_user', part);
        commit;
    end loop;
end
$$;

alter domain money_amount owner to current_user;

alter default privileges in schema public grant select, insert, update on tables to cashpilot_app;
alter default privileges in schema public grant usage on sequences to cashpilot_app;
alter default privileges in schema public grant select on tables to cashpilot_readonly;
alter default privileges for role cashpilot_owner in schema public revoke all on tables
from cashpilot_app, cashpilot_readonly;
alter default privileges for role cashpilot_owner in schema public revoke all on sequences from cashpilot_app;

alter table schema_migrations owner to current_user;
revoke usage, create on schema public from cashpilot_owner;
reset lock_timeout;
