-- Returns facts about the server, independent of the database's content.
-- Returns one row: its version as text and as a number, its address, the database and its user, whether it accepts
-- writes, whether the user may take the service's role (null if there is no such role) and the role that owns the
-- schema's objects, the maximum and current number of client connections, and its clock in milliseconds since 1970.
select
    current_setting('server_version') as version,
    current_setting('server_version_num')::integer as version_number,
    coalesce(host(inet_server_addr()) || ':' || inet_server_port(), 'a socket of this machine') as address,
    current_database()::text as database,
    current_user::text as "user",
    not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as is_writable,
    (
        -- Since PostgreSQL 16 a member needs the SET option to take the role.
        select
            case
                when current_setting('server_version_num')::integer < 160000 then pg_has_role(r.oid, 'member')
                else pg_has_role(r.oid, 'set')
            end
        from pg_roles as r
        where r.rolname = 'cashpilot_app'
    ) as may_serve,
    exists (
        select from pg_roles as r where r.rolname = 'cashpilot_owner' and pg_has_role(r.oid, 'usage')
    ) as may_migrate,
    current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer
        as connections_max,
    (select count(*) from pg_stat_activity as a where a.backend_type = 'client backend') as connections,
    (extract(epoch from clock_timestamp()) * 1000)::bigint as clock;
