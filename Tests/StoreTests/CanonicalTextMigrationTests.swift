import CashPilot
import CashPilotPostgres
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("The migration to canonical texts", .droppedDatabases)
struct CanonicalTextMigrationTests {
    private static let version = "0013"

    private static func id(_ number: Int) -> String { "00000000-0000-7000-8000-00000000000\(number)" }

    /// Accounts, businesses, a key and sessions as an earlier version could write them.
    private static let rows = """
        insert into users (id, email, name, role, password_hash, created_at) values
            ('\(id(1))', E'Ana@X.example', E' Ana\\u00A0 Paz ', 'CASHIER', '-', '2026-01-01Z'),
            ('\(id(2))', E'bru\\u200Bno@x.example', 'Bruno', 'CASHIER', '-', '2026-01-02Z'),
            ('\(id(3))', E'bru\\u00ADno@x.example', E'\\u200B', 'CASHIER', '-', '2026-01-03Z'),
            ('\(id(4))', 'carla@x.example', 'Carla', 'CASHIER', '-', '2026-01-04Z');
        insert into businesses (id, name, currency, time_zone, created_at) values
            ('\(id(5))', E'Farmacia  N\\u0303andu', 'PYG', 'America/Asuncion', '2026-01-01Z'),
            ('\(id(6))', E'FARMACIA \\u00D1ANDU', 'PYG', 'America/Asuncion', '2026-01-02Z'),
            ('\(id(7))', 'Centro', 'PYG', 'America/Asuncion', '2026-01-03Z');
        insert into api_keys (id, user_id, name, secret_hash)
        values ('\(id(8))', '\(id(4))', E'cron\\t job', sha256('x'));
        insert into cash_sessions (
            business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
            initial_cash, opened_at, terminal_id, notes, version
        )
        select
            '\(id(7))', v.id::uuid, v.number, v.cashier::uuid, v.cashier::uuid, 'OPEN', 'PYG', 'America/Asuncion',
            '2026-01-01', 0, '2026-01-01T12:00Z', v.terminal, v.notes, 3
        from (values
            ('\(id(1))', 1, '\(id(1))', E'caja\\u00A0 1', E' uno\\r\\ndos  tres\\u3000'),
            ('\(id(2))', 2, '\(id(2))', E'\\u2003', 'plain'),
            ('\(id(3))', 3, '\(id(3))', 'caja-3', null)
        ) as v (id, number, cashier, terminal, notes);
        """

    private func migrated(_ rows: String) async throws -> (BlockingConnection, [String]) {
        let database = try await Schema.empty()
        let warnings = Mutex<[String]>([])
        let migrator = try Migrator(
            DatabaseConfiguration(connectionString: database), files: Migrations.files,
            onReport: { text in warnings.withLock { $0.append(text) } })
        try await migrator.up(to: Schema.versions.last { $0 < Self.version })
        let connection = try Schema.connect(database)
        try connection.execute(rows)
        try await migrator.up(to: Self.version)
        // Each report begins with the name of the migration's file.
        return (connection, warnings.withLock { $0.map { String($0.trimmingPrefix(#/[^:]*: /#)) } })
    }

    @Test("Existing texts get their canonical form, no two rows become equal, and the rest is reported with its id")
    func texts() async throws {
        let (connection, warnings) = try await migrated(Self.rows)
        let users = try connection.text(
            "select string_agg(email || '|' || name, ', ' order by id) from users where id <> '\(Self.id(3))'")
        #expect(users == "ana@x.example|Ana Paz, bruno@x.example|Bruno, carla@x.example|Carla")
        #expect(try connection.text("select name from businesses where id = '\(Self.id(7))'") == "Centro")
        #expect(try connection.text("select string_agg(name, ', ') from api_keys") == "cron job")
        let sessions = try connection.text(
            "select string_agg(concat_ws('|', terminal_id, notes, version), ', ' order by id) from cash_sessions")
        #expect(sessions == "caja 1|uno\ndos  tres|3, \u{2003}|plain|3, caja-3|3")
        let ids = warnings.map { $0.prefix { $0 != ":" } }.sorted()
        #expect(
            ids == [
                "business \(Self.id(5))", "session \(Self.id(2))", "user \(Self.id(3))", "user \(Self.id(3))",
            ], "\(warnings)")
    }

    @Test("A database whose texts are canonical is not changed, and nothing is reported")
    func canonical() async throws {
        let (connection, warnings) = try await migrated(
            "insert into users (id, email, name, role, password_hash) "
                + "values ('\(Self.id(1))', 'ana@x.example', 'Ana Ñ', 'ADMIN', '-')")
        #expect(warnings.isEmpty)
        #expect(try connection.text("select name from users") == "Ana Ñ")
    }

    @Test("The functions of the database make the same forms as the service, for random texts")
    func sameForms() async throws {
        let connection = try await Schema.migrated()
        let alphabet: [Unicode.Scalar] = [
            "a", "Z", "4", "@", ".", " ", "\t", "\n", "\r", "\u{A0}", "\u{2003}", "\u{3000}", "\u{2028}", "\u{2800}",
            "\u{200B}", "\u{200C}", "\u{200D}", "\u{FE0F}", "\u{E0101}", "\u{FEFF}", "\u{AD}", "\u{202E}", "\u{301}",
            "\u{303}", "e", "n", "ñ", "Ａ", "＠", "\u{1100}", "\u{1161}", "\u{958}", "😀",
        ]
        for _ in 0..<500 {
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12) { scalars.append(alphabet.randomElement() ?? "a") }
            let text = String(scalars)
            var reader = try connection.query(
                "select canonical_line($1::text), canonical_note($1::text), canonical_email($1::text)", [.text(text)]
            )[0].reader()
            for form in [CanonicalText.line, CanonicalText.note, CanonicalText.email] {
                let found = try reader.next(String.self)
                #expect(Array(found.utf8) == Array(form(text).utf8), "\(scalars.map { String($0.value, radix: 16) })")
            }
        }
    }
}
