import CashPilotPostgres
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("The migration of business dates", .droppedDatabases)
struct BusinessDateMigrationTests {
    private static func id(_ number: Int) -> String { "lpad('\(number)', 32, '0')::uuid" }

    /// A business whose day begins at midnight with one session, and one whose day begins at 04:00 with 2500.
    ///
    /// Every session opened at 23:00 in Asunción. Two have the date of another cutoff.
    private static let rows = """
        insert into users (id, email, name, role, password_hash)
        values (\(id(1)), 'a@x.example', 'Ana', 'CASHIER', '-');
        insert into businesses (id, name, currency, time_zone, day_cutoff)
        values
            (\(id(8)), 'Day', 'PYG', 'America/Asuncion', '00:00'),
            (\(id(9)), 'Night', 'PYG', 'America/Asuncion', '04:00');
        insert into cash_sessions (
            business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
            initial_cash, opened_at, closed_at, closed_by
        )
        select
            case n when 1 then \(id(8)) else \(id(9)) end, lpad((100 + n)::text, 32, '0')::uuid, n, \(id(1)), \(id(1)),
            'CLOSED', 'PYG', 'America/Asuncion', case when n in (7, 8) then date '2025-12-30' else '2025-12-31' end,
            0, '2026-01-01T02:00Z', '2026-01-01T03:00Z', \(id(1))
        from generate_series(1, 2501) as n;
        """

    private static let cutoffs = """
        select
            string_agg(
                concat_ws(' ', c.name, c.business_day_cutoff, c.business_date, c.sessions), ', ' order by c::text)
        from (
            select b.name, s.business_day_cutoff, s.business_date, count(*) as sessions
            from cash_sessions as s join businesses as b on b.id = s.business_id
            group by b.name, s.business_day_cutoff, s.business_date
        ) as c
        """

    @Test("It stores each business's cutoff on its sessions, keeps their dates, and reports those that would differ")
    func backfill() async throws {
        let database = try await Schema.empty()
        let reports = Mutex<[String]>([])
        let migrator = try Migrator(
            DatabaseConfiguration(connectionString: database), files: Migrations.files,
            onReport: { report in reports.withLock { $0.append(report) } })
        try await migrator.up(to: "0011")
        let connection = try Schema.connect(database)
        try connection.execute(Self.rows)
        try await migrator.up(to: "0012")
        let expected =
            "Day 00:00:00 2025-12-31 1, Night 04:00:00 2025-12-30 2, Night 04:00:00 2025-12-31 2498"
        #expect(try connection.text(Self.cutoffs) == expected)
        #expect(reports.withLock { $0.count } == 1)
        #expect(reports.withLock { $0.first }?.hasPrefix("0012_business_dates.sql: 2 sessions keep") == true)
        // A run that was interrupted is repeated.
        try await migrator.again("0012")
        #expect(try connection.text(Self.cutoffs) == expected)
        #expect(try await migrator.down() == ["0012"])
        #expect(try await migrator.up(to: "0012") == ["0012"])
        #expect(try connection.text(Self.cutoffs) == expected)
    }

    @Test("A session of a program that does not know the cutoff gets the one of its business")
    func previousProgram() async throws {
        let connection = try await Schema.migrated()
        try connection.execute(Self.rows)
        let ownCutoff = """
            insert into cash_sessions (
                business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone,
                business_day_cutoff, business_date, initial_cash, opened_at
            ) values (
                \(Self.id(9)), \(Self.id(5)), 9000, \(Self.id(1)), \(Self.id(1)), 'OPEN', 'PYG', 'America/Asuncion',
                '05:30', '2026-01-01', 0, '2026-01-01T12:00Z'
            )
            """
        try connection.execute(ownCutoff)
        #expect(
            try connection.text(Self.cutoffs) == """
                Day 00:00:00 2025-12-31 1, Night 04:00:00 2025-12-30 2, Night 04:00:00 2025-12-31 2498, \
                Night 05:30:00 2026-01-01 1
                """)
    }
}
