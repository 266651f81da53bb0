import CashPilot
import CashPilotPostgres
import Postgres
import TestSupport
import Testing

@Suite("The migration of the one-open index", .droppedDatabases)
struct OneOpenIndexMigrationTests {
    private static let theIndex = Constraint.oneOpenSession

    /// So many cashiers with so many open sessions each, in one business.
    private static func rows(cashiers: Int, sessions: Int) -> String {
        """
        insert into businesses (id, name, currency, time_zone)
        values ('00000000-0000-7000-8000-000000000009', 'Centro', 'PYG', 'America/Asuncion');
        insert into users (id, email, name, role, password_hash)
        select lpad(c::text, 32, '0')::uuid, c || '@x.example', 'Cashier ' || c, 'CASHIER', '-'
        from generate_series(1, \(cashiers)) as c;
        insert into cash_sessions (
            business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
            initial_cash, opened_at
        )
        select
            '00000000-0000-7000-8000-000000000009', lpad((c * 1000 + s)::text, 32, '0')::uuid, c * 1000 + s,
            lpad(c::text, 32, '0')::uuid, lpad(c::text, 32, '0')::uuid, 'OPEN', 'PYG', 'America/Asuncion',
            '2026-01-01', 0, timestamptz '2026-01-01T12:00Z' + make_interval(mins => s)
        from generate_series(1, \(cashiers)) as c
        cross join generate_series(1, \(sessions)) as s;
        """
    }

    /// A database with the tables and not the guard.
    private func withoutIndex(_ rows: String) async throws -> (Migrator, BlockingConnection, String) {
        let database = try await Schema.empty()
        let migrator = try Schema.migrator(database)
        try await migrator.up(to: "0001")
        let connection = try Schema.connect(database)
        try connection.execute(rows)
        return (migrator, connection, database)
    }

    private func refusal(of migrator: Migrator) async -> String {
        do {
            try await migrator.up()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("Its refusal lists up to twenty cashiers with up to twenty sessions each, and counts the others")
    func listing() async throws {
        for (cashiers, sessions, lines, more) in [(20, 2, 20, 0), (21, 2, 20, 1), (1, 20, 1, 0), (1, 23, 1, 1)] {
            let (migrator, connection, _) = try await withoutIndex(Self.rows(cashiers: cashiers, sessions: sessions))
            let refusal = await refusal(of: migrator)
            #expect(refusal.contains("cashiers with more than one open session in a business:"))
            #expect(refusal.split(separator: "\n").count { $0.hasPrefix("  business ") } == lines)
            #expect(refusal.matches(of: #/and \d+ more/#).count == more, "\(refusal)")
            #expect(refusal.contains("00000000-0000-0000-0000-000000001001 opened at 2026-01-01T12:01:00.000Z"))
            #expect(try connection.text("select to_regclass('\(Self.theIndex)')::text") == nil)
        }
    }

    @Test("The migration does not rebuild a valid one-open index when it runs again")
    func leftAlone() async throws {
        let database = try await Schema.empty()
        try await Schema.migrator(database).up(to: "0002")
        let connection = try Schema.connect(database)
        let identity = "select '\(Self.theIndex)'::regclass::oid::text"
        let before = try connection.text(identity)
        try connection.execute("delete from schema_migrations where version = '0002'")
        #expect(try await Schema.migrator(database).up(to: "0002") == ["0002"])
        #expect(try connection.text(identity) == before)
        try await Schema.migrator(database).again(Constraint.oneOpenSessionMigration)
        #expect(try connection.text(identity) == before)
    }

    @Test("The migration drops an INVALID one-open index and builds it again", arguments: ["", "_ccold"])
    func invalidLeftover(suffix: String) async throws {
        let (migrator, connection, _) = try await withoutIndex(Self.rows(cashiers: 1, sessions: 2))
        let build = """
            create unique index concurrently \(Self.theIndex) on cash_sessions (cashier_id, business_id)
                where status = 'OPEN' and is_deleted = false
            """
        #expect(throws: DatabaseError.self) { try connection.execute(build) }
        if !suffix.isEmpty {
            try connection.execute("alter index \(Self.theIndex) rename to \(Self.theIndex)\(suffix)")
        }
        let names = """
            select string_agg(relname || ' ' || indisvalid, ' ')
            from pg_index join pg_class as c on c.oid = indexrelid where relname like '\(Self.theIndex)%'
            """
        #expect(try connection.text(names) == "\(Self.theIndex)\(suffix) false")
        try connection.execute(
            "update cash_sessions set status = 'ENDED', ended_at = opened_at where session_number = 1001")
        try await migrator.up()
        #expect(try connection.text(names) == "\(Self.theIndex) true")
    }

    @Test(
        "A one-open index that is not valid or not ready counts as missing",
        arguments: ["valid", "ready"])
    func notValid(_ property: String) async throws {
        let connection = try await Schema.migrated()
        let stands = "select index_is_valid::text from (\(SQL.readiness.text.dropLast(2))) as r"
        #expect(try connection.text(SQL.oneOpenIndexState.text) == "enforced")
        #expect(try connection.text(stands) == "true")
        #expect(try Self.openReliesOnIndex(connection))
        try connection.execute(
            "update pg_index set indis\(property) = false where indexrelid = '\(Self.theIndex)'::regclass")
        #expect(try connection.text(SQL.oneOpenIndexState.text) == "invalid")
        #expect(try connection.text(stands) == "false")
        #expect(try !Self.openReliesOnIndex(connection))
    }

    /// Whether an open relies on the index. The business does not exist, so it opens nothing.
    private static func openReliesOnIndex(_ connection: BlockingConnection) throws -> Bool {
        try connection.execute(
            """
            deallocate all;
            insert into users (id, email, name, role, password_hash)
            values (lpad('9', 32, '0')::uuid, 'x@x.example', 'X', 'ADMIN', '-') on conflict do nothing;
            insert into credentials (id, user_id, kind, secret_hash)
            select u.id, u.id, 'API_KEY', sha256('x') from users as u where u.email = 'x@x.example'
            on conflict do nothing
            """)
        try connection.execute("prepare opening as \(SQL.sessionOpen.text)")
        let id = "gen_random_uuid()"
        let rows = try connection.query(
            """
            execute opening (
                sha256('x'), \(id), \(id), \(id), 1, null, null, null, \(id), 'r-1', null, null, false, null, null
            )
            """)
        var columns = rows[0].reader()
        return try columns.next()
    }

    @Test("What is not applied is not run again")
    func againNeedsApplied() async throws {
        let (migrator, _, _) = try await withoutIndex("")
        let error = await #expect(throws: MigrationError.self) { try await migrator.again("0002") }
        #expect(error?.description == "0002 is not applied; bring the schema up first")
    }

    @Test("Preflight lists a thousand cashiers with twenty sessions each, and says if there are more")
    func limits() async throws {
        for (cashiers, sessions) in [(1_000, 2), (1_001, 2), (2, 23)] {
            let (_, _, string) = try await withoutIndex(Self.rows(cashiers: cashiers, sessions: sessions))
            try await Schema.withDatabase(string) { database in
                let preflight = PreflightService(
                    store: PostgresPreflightStore(database: database),
                    ids: IDMaker(milliseconds: { 1 }, random: { .random(in: .min ... .max) }))
                let report = try await preflight.report()
                #expect(report.duplicates.count == min(cashiers, Preflight.duplicatesMax))
                #expect(report.hasMore == (cashiers > Preflight.duplicatesMax))
                #expect(report.duplicates.allSatisfy { $0.openSessions == sessions })
                #expect(report.duplicates.allSatisfy { $0.end.count == min(sessions, Preflight.sessionsMax) - 1 })
                #expect(try await preflight.apply() == cashiers * (sessions - 1))
                #expect(try await preflight.report().duplicates.isEmpty)
            }
        }
    }
}
