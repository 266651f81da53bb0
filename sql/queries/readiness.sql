-- Returns whether the database is writable, its migrations, and whether the one-open index is valid.
-- Returns one row. The statement fails if schema_migrations is missing, because no migration was applied.
select
    not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as is_writable,
    (select count(*) from schema_migrations) as migrations,
    (select max(m.version) from schema_migrations as m) as newest_version,
    exists (
        select
        from pg_index as i
        where i.indexrelid = to_regclass('uq_cash_sessions_one_open_per_cashier_business')
            and i.indrelid = to_regclass('cash_sessions')
            and i.indisunique
            and i.indisvalid
            and i.indisready
            -- include one_open_index_definition
            -- Each partition's index must be valid and have a name that the service recognizes.
            and not exists (
                select
                from pg_partition_tree(i.indrelid) as t
                where t.isleaf
                    and not exists (
                        select
                        from pg_inherits as h
                        join pg_index as x on x.indexrelid = h.inhrelid
                        join pg_class as c on c.oid = x.indexrelid
                        where h.inhparent = i.indexrelid
                            and x.indrelid = t.relid
                            and x.indisvalid
                            and x.indisready
                            and c.relname ~ '^uq_cash_sessions_one_open_per_cashier_business_p[0-9]+$'
                    )
            )
    ) as index_is_valid;
