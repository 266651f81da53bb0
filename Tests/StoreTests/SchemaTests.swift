import CashPilotPostgres
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("The schema", .droppedDatabases)
struct SchemaTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("sql/schema.sql is what the migrations add up to; `make schema` writes it")
    func sum() async throws {
        let database = try await Schema.unpartitionedDatabase()
        let dumped = try await Shell.output(
            #""$1" "$2""#, [Self.root.appending(path: "scripts/dump-schema").path, database])
        let written = try String(contentsOf: Self.root.appending(path: "sql/schema.sql"), encoding: .utf8)
        #expect(dumped == written)
    }

    @Test("Down takes back all that up made, and up makes it again")
    func downAndUp() async throws {
        let database = try await Schema.empty()
        let migrator = try Schema.migrator(database)
        let versions = try await migrator.up()
        #expect(versions == Schema.versions)
        let connection = try Schema.connect(database)
        let objects = """
            select string_agg(relname, ' ' order by relname) from pg_class
            where relnamespace = 'public'::regnamespace and relkind in ('r', 'i', 'v', 'S')
            """
        let before = try connection.text(objects)
        #expect(try await migrator.down(steps: versions.count) == versions.reversed())
        #expect(try connection.text(objects) == "schema_migrations schema_migrations_pkey")
        #expect(try await migrator.up() == versions)
        #expect(try connection.text(objects) == before)
    }

    @Test("Twenty programs that migrate at once leave one schema")
    func twentyAtOnce() async throws {
        let database = try await Schema.empty()
        let applied = try await together(20) { _ in try await Schema.migrator(database).up() }.flatMap { $0 }
        #expect(applied.sorted() == Schema.versions)
    }

    @Test("Each rule that a row can break has a name, and refuses the row")
    func constraints() async throws {
        let connection = try await Schema.migrated()
        try connection.execute(Rows.people)
        try connection.execute(Rows.session(id: 1, number: 1))
        func change(_ assignments: String) -> String { "update cash_sessions set \(assignments)" }
        let closed = "status = 'CLOSED', closed_by = cashier_id"
        let cases: [(String, String)] = [
            (change("initial_cash = -1"), "ck_money_amount_range"),
            (change("card_total = 1000000000000"), "ck_money_amount_range"),
            (change("status = 'PAUSED'"), "ck_cash_sessions_status"),
            (change("status = 'CLOSED'"), "ck_cash_sessions_status"),
            (change("final_cash = 1"), "ck_cash_sessions_status"),
            (change("ended_at = opened_at"), "ck_cash_sessions_status"),
            (change("status = 'ENDED', ended_at = opened_at - interval '1 ms'"), "ck_cash_sessions_ended_after_opened"),
            (change("\(closed), closed_at = opened_at - interval '1 ms'"), "ck_cash_sessions_closed_after_opened"),
            (
                change("\(closed), ended_at = opened_at + interval '2 s', closed_at = opened_at + interval '1 s'"),
                "ck_cash_sessions_closed_after_opened"
            ),
            (change("closing_ticket = 'a b'"), "ck_cash_sessions_closing_ticket"),
            (change("notes = repeat('x', 1001)"), "ck_cash_sessions_notes_length"),
            (change("terminal_id = repeat('x', 65)"), "ck_cash_sessions_terminal_id_length"),
            (change("external_id = 'a b'"), "ck_cash_sessions_external_id"),
            (change("is_deleted = true"), "ck_cash_sessions_deletion"),
            (change("flag_reason = 'odd one'"), "ck_cash_sessions_flag"),
            (change("version = 0"), "ck_cash_sessions_version"),
            (change("corrections = 1"), "ck_cash_sessions_at_close"),
            (change("at_close_expected_cash = 1"), "ck_cash_sessions_at_close"),
            (change("corrections = -1, at_close_final_cash = 1"), "ck_cash_sessions_at_close"),
            (Rows.session(id: 2, number: 2), "uq_cash_sessions_one_open_per_cashier_business"),
            (Rows.session(id: 2, number: 1, cashier: 2), "uq_cash_sessions_number"),
            (Rows.session(id: 1, number: 2, cashier: 2), "pk_cash_sessions"),
            ("update users set email = upper(email) || 'x', role = 'OWNER'", "ck_users_role"),
            ("update users set email = 'A@x.example'", "uq_users_email"),
            ("update businesses set currency = 'pyg'", "ck_businesses_currency"),
        ]
        for (statement, constraint) in cases {
            #expect(try connection.violation(statement) == constraint, "\(statement)")
        }
    }

    @Test("Audit events are never changed or deleted, not even by the owner; nor are their seals")
    func auditIsImmutable() async throws {
        let connection = try await Schema.migrated()
        try connection.execute(
            """
            insert into audit_events (business_id, id, action)
            values ('00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000001', 'user.create')
            """)
        #expect(try connection.text("select place_audit_events(9)::text") == "1")
        #expect(
            try connection.text("select seal_audit_chains('{00000000-0000-0000-0000-000000000000}', 9)::text") == "1")
        for statement in [
            "update audit_events set action = 'x.y'", "delete from audit_events", "truncate audit_events",
            "update audit_seals set sealed_at = now()", "delete from audit_seals", "truncate audit_seals",
            "delete from audit_heads", "truncate audit_heads", "update audit_events set after = '{}'",
            "update event_feed set cashier_id = null", "truncate event_feed",
        ] {
            let error = #expect(throws: DatabaseError.self) { try connection.execute(statement) }
            #expect(error?.sqlState == "42501", "\(statement)")
        }
    }

    @Test("The database's zone rules know Asunción: −03 all year since October 2024, −04 in the winter before")
    func zoneRules() async throws {
        let connection = try await Schema.migrated()
        for (instant, wall) in [
            ("2025-07-15T17:15Z", "14:15"), ("2024-07-15T17:15Z", "13:15"), ("2026-01-15T17:15Z", "14:15"),
        ] {
            let local = try connection.text(
                "select to_char(timestamptz '\(instant)' at time zone 'America/Asuncion', 'HH24:MI')")
            #expect(local == wall)
        }
    }
}

/// Rows written by hand.
private enum Rows {
    static func id(_ number: Int) -> String { "'00000000-0000-7000-8000-\(String(format: "%012d", number))'" }

    static let people = """
        insert into users (id, email, name, role, password_hash)
        values (\(id(1)), 'a@x.example', 'Ana', 'CASHIER', '-'), (\(id(2)), 'b@x.example', 'Bruno', 'CASHIER', '-');
        insert into businesses (id, name, currency, time_zone) values (\(id(9)), 'Centro', 'PYG', 'America/Asuncion');
        """

    static func session(id number: Int, number place: Int, cashier: Int = 1) -> String {
        """
        insert into cash_sessions (
            business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
            initial_cash, opened_at
        ) values (
            \(id(9)), \(id(number)), \(place), \(id(cashier)), \(id(cashier)), 'OPEN', 'PYG', 'America/Asuncion',
            '2026-01-01', 0, '2026-01-01T12:00Z'
        );
        """
    }
}
