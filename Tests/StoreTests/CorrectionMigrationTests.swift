import CashPilotPostgres
import Postgres
import TestSupport
import Testing

@Suite("The migration of corrections", .droppedDatabases)
struct CorrectionMigrationTests {
    /// A session that is not closed.
    private static let rows = """
        insert into users (id, email, name, role, password_hash)
        values (lpad('2', 32, '0')::uuid, 'a@x.example', 'Ana', 'CASHIER', '-');
        insert into businesses (id, name, currency, time_zone)
        values (lpad('1', 32, '0')::uuid, 'Centro', 'PYG', 'America/Asuncion');
        insert into cash_sessions (
            business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
            initial_cash, opened_at
        )
        select b.id, u.id, 1, u.id, u.id, 'OPEN', 'PYG', 'America/Asuncion', '2026-01-01', 0, '2026-01-01T12:00Z'
        from users as u
        cross join businesses as b
        """

    private static func page(_ state: String) -> String {
        """
        select string_agg(s.session_number::text, ',' order by s.session_number)
        from recent_sessions(
            lpad('1', 32, '0')::uuid, null, false, \(state), null, null, null, null, null, null, 16, null, null, 50
        ) as s
        """
    }

    @Test("It keeps every session and the lists of the previous program, and may be repeated and undone")
    func repeats() async throws {
        let database = try await Schema.empty()
        let migrator = try Migrator(DatabaseConfiguration(connectionString: database), files: Migrations.files)
        try await migrator.up(to: "0014")
        let connection = try Schema.connect(database)
        try connection.execute(Self.rows)
        let lists = ["null", "'OPEN'", "'CLOSED'"].map(Self.page)
        let listed = try lists.map { try connection.text($0) }
        #expect(listed == ["1", "1", nil])
        try await migrator.up(to: "0017")
        // A run that was interrupted is repeated.
        try await migrator.again("0017")
        #expect(try lists.map { try connection.text($0) } == listed)
        try connection.execute(
            "update cash_sessions set status = 'CLOSED', closed_at = opened_at, closed_by = cashier_id")
        #expect(try connection.text(Self.page("'NEEDS_REVIEW'")) == "1")
        #expect(try connection.text(Self.page("'IN_ORDER'")) == nil)
        try connection.execute("update cash_sessions set final_cash = 5")
        #expect(try connection.text(Self.page("'NEEDS_REVIEW'")) == nil)
        #expect(try connection.text(Self.page("'IN_ORDER'")) == "1")
        try connection.execute(
            """
            update cash_sessions
            set status = 'OPEN', closed_at = null, closed_by = null, final_cash = null
            """)
        try await migrator.down(steps: 1)
        #expect(try lists.map { try connection.text($0) } == listed)
    }
}
