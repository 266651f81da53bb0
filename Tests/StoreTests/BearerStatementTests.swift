import CashPilot
import CashPilotPostgres
import Postgres
import TestSupport
import Testing

/// A bearer of a test, and its hash.
struct Bearer {
    let number: UInt8

    static let till = Bearer(number: 1)

    var hash: BearerHash { BearerHash(Array(repeating: number, count: 32)) }

    /// The hash as an SQL expression.
    var sql: String { "decode(repeat('\(number < 16 ? "0" : "")\(String(number, radix: 16))', 32), 'hex')" }
}

@Suite("Every statement that takes a bearer", .droppedDatabases)
struct BearerStatementTests {
    /// The arguments after the bearer, for a caller that is an administrator with an open session. A new statement has
    /// no line here until somebody has decided.
    private static let arguments = [
        "assignment_lock": ":business, :ana",
        "audit_event_list": "null, null, null, null, null, null, null, null, 5",
        "audit_event_list_of_session": ":business, :session, null, null, 5",
        "business_create":
            ":new, 'New', 'PYG', 'America/Asuncion', 0, 16, 32, true, :new, 'r', null, null, null, false",
        "business_list": "null, null, 5",
        "business_lock": ":business",
        "business_show": ":business",
        "business_update": ":business, 'B', null, null, null, null, null, null, :new, 'r', false, null, null, null",
        "cashier_assign": ":business, :ana, :new, 'r', null",
        "cashier_list": ":business, null, null, 5",
        "cashier_unassign": ":business, :ana, :new, 'r', null",
        "credential_list": "null, null, null, 5",
        "credential_principal": "",
        "credential_revoke": "null, null, :new, 'r', null",
        "credential_revoke_all": ":ana, :new, 'r', null",
        "event_list": "0, 5",
        "me": "",
        "me_sessions": "true, 5",
        "movement_record": """
        :business, :session, :new, 'DROP', null, 5, null, null, null, null, null, null, null, :new, 'r', null
        """,
        "open_conflict_list": ":business, null, null, null, 5",
        "password_change": "'-', 'new', :new, 'r', null, null, null",
        "password_lock": "null",
        "password_precheck": "null",
        "pin_change": "'-', 'x', :new, 'r', null",
        "session_close": """
        :business, :session, null, 5, null, null, null, null, null, null, null, null, null, :new, 'r', null, null, null
        """,
        "session_current": "array[:business], array[:caller]",
        "session_list": ":business, null, null, null, null, null, null, null, null, false, null, null, 5",
        "session_list_external": """
        :business, 'x', null, null, null, null, null, null, null, null, null, false, null, null, 5
        """,
        "session_list_terminal": ":business, 'x', null, null, null, null, null, null, null, null, false, null, null, 5",
        "session_list_everywhere": "null, null, null, null, null, null, null, null, false, null, null, 5",
        "session_lock": ":business, :session, 'session.end', null, :new",
        "session_open": ":new, :business, :ana, 5, null, null, null, :new, 'r', null, null, false, null, null",
        "session_open_precheck": "array[:business], array[:caller], array['']",
        "session_reconciliation": ":business, :session",
        "session_resume": ":business, :caller, 'k', sha256('x')",
        "session_show": ":business, :session",
        "terminal_create": ":business, :ana, 'Caja 2', sha256('x'), :new, 'r', null, null, null",
        "terminal_list": ":business, null, null, 5",
        "terminal_lock": ":business, :terminal",
        "terminal_rename": ":business, :terminal, 'Caja 3', :new, 'r', null",
        "terminal_revoke": ":business, :terminal, :new, 'r', null",
        "user_create": ":new, 'n@x.example', 'N', 'ADMIN', 'es-PY', true, '-', :new, 'r', null, null, null",
        "user_create_precheck": "null",
        "user_list": "null, null, 1",
        "user_lock": ":ana",
        "user_show": ":ana",
        "user_update": ":ana, null, 'Other', null, null, null, null, :new, 'r', null",
    ]

    /// What happens to the credential, or to its user, before the statement.
    private static let ends = [
        "is unknown": "delete from credentials",
        "was revoked": "update credentials set revoked_at = now()",
        "has expired": """
        update credentials set created_at = '2026-01-01', expires_at = '2026-01-02' where kind = 'LOGIN'
        """,
        "is an inactive user's": "update users set is_active = false where id = :caller",
    ]

    private static let rows = """
        insert into users (id, email, name, role, password_hash)
        values (:caller, 'a@x.example', 'A', 'ADMIN', '-'), (:ana, 'b@x.example', 'B', 'CASHIER', '-');
        insert into businesses (id, name, currency, time_zone) values (:business, 'B', 'PYG', 'America/Asuncion');
        insert into business_cashiers (business_id, cashier_id) values (:business, :ana);
        insert into cash_sessions (
            business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
            business_day_cutoff, initial_cash, opened_at
        )
        values (
            :business, :session, 1, :caller, :caller, 'OPEN', 'PYG', 'America/Asuncion', '2026-01-01', '00:00', 5,
            '2026-01-01T12:00Z'
        );
        insert into business_counters (business_id, last_session_number) values (:business, 1);
        insert into credentials (id, user_id, kind, secret_hash, expires_at)
        values (:new, :caller, 'LOGIN', \(Bearer.till.sql), now() + interval '1 h');
        insert into credentials (id, business_id, kind, name, secret_hash)
        values (:terminal, :business, 'TERMINAL', 'Caja 1', sha256('terminal'));
        """

    private static func filled(_ text: String) -> String {
        let names = [":caller", ":ana", ":business", ":session", ":new", ":terminal"]
        return names.enumerated().reduce(text) { text, name in
            text.replacing(name.element, with: "'00000000-0000-7000-8000-00000000000\(name.offset + 1)'::uuid")
        }
    }

    private static var statements: [Statement] {
        SQL.all.filter {
            $0.text.contains(#/(?m)^-- \$1 bytea(\[\])?  SHA-256 of the (caller's |callers' )?bearers?(,|$)/#)
        }
        .filter { $0.name != "credential_ended_list" }
    }

    /// Runs a statement as the service's role, and rolls back.
    ///
    /// - Returns: the number of rows, and whether it wrote or locked anything.
    private func run(
        _ statement: Statement, on connection: BlockingConnection
    ) throws -> (rows: Int, hasWritten: Bool) {
        let isBatched = statement.text.contains("-- $1 bytea[]")
        let bearer = isBatched ? "array[\(Bearer.till.sql)]" : Bearer.till.sql
        let others = try #require(Self.arguments[statement.name], "\(statement.name)")
        let values = Self.filled(others.isEmpty ? bearer : "\(bearer), \(others)")
        try connection.execute("begin; set local role cashpilot_app")
        try connection.execute("prepare tested as \(statement.text)")
        defer { try? connection.execute("rollback; deallocate tested") }
        let rows = try connection.query("execute tested(\(values))").count
        return (rows, try connection.text("select pg_current_xact_id_if_assigned()::text") != nil)
    }

    @Test("It answers a valid bearer, with the rights of the service's role")
    func valid() async throws {
        let connection = try await Schema.migrated()
        try connection.execute(Self.filled(Self.rows))
        #expect(Set(Self.statements.map(\.name)) == Set(Self.arguments.keys))
        for statement in Self.statements {
            #expect(try run(statement, on: connection).rows == 1, "\(statement.name)")
        }
    }

    @Test("It returns no row and writes nothing if the bearer is not valid", arguments: ends.keys)
    func invalid(how: String) async throws {
        let connection = try await Schema.migrated()
        try connection.execute(Self.filled(Self.rows))
        try connection.execute(Self.filled(try #require(Self.ends[how])))
        for statement in Self.statements {
            let (rows, hasWritten) = try run(statement, on: connection)
            #expect(rows == 0, "\(statement.name) answers a bearer that \(how)")
            #expect(!hasWritten, "\(statement.name) writes for a bearer that \(how)")
        }
    }

    @Test("Its audit event has both ids of a request: the service's own and the client's")
    func requestIDs() {
        for statement in SQL.all where statement.text.contains("insert into audit_events") {
            let hasRequest = statement.text.contains(#/(?m)^-- \$\d+ text(\[\])?  request id/#)
            let hasClient = statement.text.contains(#/(?m)^-- \$\d+ text(\[\])?  client's request id/#)
            #expect(hasRequest == hasClient, "\(statement.name)")
            #expect(hasRequest == statement.text.contains("client_request_id"), "\(statement.name)")
        }
    }
}
