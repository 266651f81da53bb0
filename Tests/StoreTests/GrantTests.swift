import Postgres
import TestSupport
import Testing

@Suite("Who may do what with which table", .droppedDatabases)
struct GrantTests {
    /// What the service's role may do, and what those who only look may do with all columns. A new table has no line
    /// here until somebody has decided.
    private static let decisions = """
        api_keys: SELECT; -
        audit_archives: SELECT; SELECT
        audit_events: INSERT SELECT; SELECT
        audit_heads: SELECT; SELECT
        audit_seals: SELECT; SELECT
        audit_unsealed: INSERT SELECT; SELECT
        business_cashiers: DELETE INSERT SELECT; SELECT
        business_counters: INSERT SELECT; SELECT
        businesses: INSERT SELECT; SELECT
        cash_sessions: INSERT SELECT; SELECT
        credentials: INSERT SELECT; -
        event_feed: DELETE SELECT; SELECT
        idempotency_keys: DELETE INSERT SELECT; SELECT
        login_failures: DELETE INSERT SELECT; -
        login_origins: DELETE INSERT SELECT; -
        movements: INSERT SELECT; SELECT
        open_conflicts: DELETE INSERT SELECT; SELECT
        pin_failures: DELETE INSERT SELECT; -
        schema_migrations: SELECT; SELECT
        user_pins: DELETE INSERT SELECT; -
        users: INSERT SELECT; -
        """

    /// The columns that the service's role may update. No statement writes `created_at`: a row lock needs the privilege
    /// to update one column.
    private static let updatable = """
        business_cashiers: created_at
        business_counters: last_session_number
        businesses: blind_count books_closed_until currency day_cutoff edit_window_hours is_active name stale_after_hours \
        time_zone
        cash_sessions: at_close_expected_cash at_close_final_cash bank_transfer_total business_date card_total \
        cashier_id closed_at closed_by closing_ticket corrections credit_payments_collected credit_sales_total \
        declared_cash_sales delete_reason deleted_at deleted_by ended_at envelope_amount expenses final_cash \
        flag_reason flagged_at flagged_by handed_over_to handed_over_to_number initial_cash is_deleted late_movements \
        notes opened_at previous_count recorded_cash_refunds recorded_cash_sales recorded_drops recorded_expenses \
        recorded_hash recorded_movements recorded_paid_in recorded_paid_out records_sales registered_terminal_id \
        status terminal_id version
        credentials: last_used_at name revoked_at
        idempotency_keys: created_at
        login_failures: last_at level
        login_origins: last_at
        open_conflicts: currency last_at offered_cash resumed times
        pin_failures: failures last_at
        user_pins: created_at pin_hash
        users: email is_active locale name password_hash role
        """

    /// Not the parts of a table: what may be done with them is asked of the whole.
    private static let tables = """
        from pg_class as c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
        """

    private static func rights(of role: String) -> String {
        """
        (
            select coalesce(string_agg(p, ' ' order by p), '-')
            from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as p
            where has_table_privilege('\(role)', c.oid, p)
        )
        """
    }

    @Test("Every table has a decision, and every decision is in force")
    func decided() async throws {
        let connection = try await Schema.migrated()
        let found = try connection.text(
            """
            select string_agg(line, E'\\n' order by line collate "C")
            from (
                select c.relname || ': ' || \(Self.rights(of: "cashpilot_app")) || '; '
                    || \(Self.rights(of: "cashpilot_readonly")) as line
                \(Self.tables)
            ) as l
            """)
        #expect(found == Self.decisions)
    }

    @Test("The service's role may update only the columns that the service writes")
    func updatableColumns() async throws {
        let connection = try await Schema.migrated()
        let found = try connection.text(
            """
            select string_agg(line, E'\\n' order by line collate "C")
            from (
                select c.relname || ': ' || string_agg(a.attname, ' ' order by a.attname collate "C") as line
                \(Self.tables.replacing("where", with: "join pg_attribute as a on a.attrelid = c.oid where"))
                    and a.attnum > 0
                    and not a.attisdropped
                    and has_column_privilege('cashpilot_app', c.oid, a.attnum, 'UPDATE')
                group by c.relname
            ) as l
            """)
        #expect(found == Self.updatable)
    }

    @Test("What was not granted is refused when it is tried, on every table, and so is every change of its shape")
    func refused() async throws {
        let connection = try await Schema.migrated()
        let columns = try connection.text(
            """
            select string_agg(c.relname || ' ' || (
                select quote_ident(a.attname) from pg_attribute as a where a.attrelid = c.oid and a.attnum = 1
            ), ',' order by c.relname) \(Self.tables)
            """)
        for line in Self.decisions.split(separator: "\n") {
            let parts = line.split(separator: ":")
            let table = parts[0]
            let granted = parts[1].prefix { $0 != ";" }
            let column = try #require(columns?.split(separator: ",").first { $0.hasPrefix("\(table) ") })
                .drop { $0 != " " }
            // A view has no other rights.
            let kind = try connection.text("select relkind::text from pg_class where oid = '\(table)'::regclass")
            let changes = [
                ("INSERT", "insert into \(table) default values"),
                ("UPDATE", "update \(table) set\(column) =\(column)"), ("DELETE", "delete from \(table)"),
            ]
            let shapes = [
                ("TRUNCATE", "truncate \(table) cascade"), ("ALTER", "alter table \(table) add column extra integer"),
                ("DROP", "drop table \(table) cascade"), ("INDEX", "create index on \(table) ((1))"),
                ("TRIGGER", "alter table \(table) disable trigger all"),
            ]
            for (right, statement) in changes + (kind == "v" ? [] : shapes) where !granted.contains(right) {
                try connection.execute("set role cashpilot_app")
                let error = #expect(throws: DatabaseError.self, "\(statement)") { try connection.execute(statement) }
                #expect(error?.sqlState == "42501", "\(statement): \(error.debugDescription)")
                try connection.execute("reset role")
            }
        }
    }

    @Test("Everything belongs to cashpilot_owner, and taking the migration back gives it to whoever does")
    func owner() async throws {
        let string = try await Schema.migratedDatabase()
        let connection = try Schema.connect(string)
        // Indexes, sequences and types of rows have the owner of their table.
        let others = """
            select string_agg(o.name, ', ' order by o.name)
            from (
                select c.oid::regclass::text, c.relowner, c.relnamespace from pg_class as c
                union all
                select p.oid::regprocedure::text, p.proowner, p.pronamespace from pg_proc as p
                union all
                select t.oid::regtype::text, t.typowner, t.typnamespace from pg_type as t
            ) as o (name, owner, namespace)
            where o.namespace = 'public'::regnamespace and o.owner
            """
        #expect(try connection.text("\(others) <> 'cashpilot_owner'::regrole") == nil)
        #expect(try connection.text("\(others) = 'cashpilot_owner'::regrole")?.contains("cash_sessions") == true)
        let migrator = try Schema.migrator(string)
        let steps = Schema.versions.drop { $0 < "0011" }.count
        #expect(try await migrator.down(steps: steps).last == "0011")
        #expect(try connection.text("\(others) <> current_user::regrole") == nil)
        try await migrator.up()
        #expect(try connection.text("\(others) <> 'cashpilot_owner'::regrole") == nil)
    }

    @Test(
        "The roles log in nowhere and are no other role; those who serve and look own and make nothing; four lend their owner's rights"
    )
    func roles() async throws {
        let connection = try await Schema.migrated()
        let roles = "('cashpilot_owner', 'cashpilot_app', 'cashpilot_readonly')"
        for (question, answer) in [
            (
                """
                select count(*)::text from pg_roles
                where rolname in \(roles)
                    and (rolcanlogin or rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication)
                """, "0"
            ),
            ("select count(*)::text from pg_roles where rolname in \(roles)", "3"),
            (
                """
                select count(*)::text from pg_shdepend as d
                where d.deptype = 'o' and d.refclassid = 'pg_authid'::regclass
                    and d.refobjid in ('cashpilot_app'::regrole, 'cashpilot_readonly'::regrole)
                """, "0"
            ),
            ("select count(*)::text from pg_auth_members where member::regrole::text in \(roles)", "0"),
            ("select has_schema_privilege('cashpilot_app', 'public', 'CREATE')::text", "false"),
            (
                """
                select string_agg(proname || ' ' || array_to_string(proconfig, ','), '; ' order by proname)
                from pg_proc where pronamespace = 'public'::regnamespace and prosecdef
                """,
                """
                audited_differences search_path=public, pg_temp,TimeZone=UTC; \
                place_audit_events search_path=public, pg_temp; \
                remove_archived_events search_path=public, pg_temp; seal_audit_chains search_path=public, pg_temp; \
                seal_audit_events search_path=public, pg_temp
                """
            ),
            (
                "select has_function_privilege('cashpilot_readonly', 'seal_audit_events(uuid, integer)', 'EXECUTE')::text",
                "false"
            ),
            ("select has_function_privilege('cashpilot_app', 'adopt_rows()', 'EXECUTE')::text", "false"),
            (
                "select has_function_privilege('cashpilot_readonly', 'seal_audit_chains(uuid[], integer)', 'EXECUTE')::text",
                "false"
            ),
            (
                "select has_function_privilege('cashpilot_readonly', 'place_audit_events(integer)', 'EXECUTE')::text",
                "false"
            ),
        ] {
            #expect(try connection.text(question) == answer, "\(question)")
        }
    }
}
