import CashPilotPostgres
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("The migration of closed books and links", .droppedDatabases)
struct BooksMigrationTests {
    private static func id(_ number: Int) -> String { "lpad('\(number)', 32, '0')::uuid" }

    /// Open sessions of an inactive, an unassigned and a proper cashier, and an ended one in another currency.
    private static let rows = """
        insert into users (id, email, name, role, password_hash, is_active)
        values
            (\(id(1)), 'a@x.example', 'Ana', 'CASHIER', '-', false),
            (\(id(2)), 'b@x.example', 'Bruno', 'CASHIER', '-', true),
            (\(id(3)), 'c@x.example', 'Carla', 'CASHIER', '-', true);
        insert into businesses (id, name, currency, time_zone) values (\(id(9)), 'Centro', 'PYG', 'America/Asuncion');
        insert into business_cashiers (business_id, cashier_id) values (\(id(9)), \(id(1))), (\(id(9)), \(id(3)));
        insert into cash_sessions (
            business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
            initial_cash, opened_at, ended_at
        )
        select
            \(id(9)), lpad((100 + n)::text, 32, '0')::uuid, n, lpad(least(n, 3)::text, 32, '0')::uuid, \(id(3)),
            case n when 4 then 'ENDED' else 'OPEN' end, case n when 4 then 'USD' else 'PYG' end, 'America/Asuncion',
            '2026-01-01', 5, '2026-01-01T12:00Z', case n when 4 then timestamptz '2026-01-01T13:00Z' end
        from generate_series(1, 4) as n;
        """

    @Test("It keeps every session, and reports those that the service would refuse from now on")
    func reports() async throws {
        let database = try await Schema.empty()
        let reports = Mutex<[String]>([])
        let migrator = try Migrator(
            DatabaseConfiguration(connectionString: database), files: Migrations.files,
            onReport: { report in reports.withLock { $0.append(report) } })
        try await migrator.up(to: "0013")
        let connection = try Schema.connect(database)
        try connection.execute(Self.rows)
        let before = try connection.text("select md5(string_agg(s::text, ',' order by id)) from cash_sessions as s")
        try await migrator.up(to: "0014")
        // A run that was interrupted is repeated.
        try await migrator.again("0014")
        let file = "0014_books_and_links.sql"
        let expected = [
            "\(file): 2 open sessions belong to cashiers who are inactive or not assigned; an administrator can close "
                + "them",
            "\(file): 1 sessions that are not closed have another currency than their business; each keeps its own",
        ]
        #expect(reports.withLock { $0 } == expected + expected)
        try await migrator.down(steps: 1)
        let after = try connection.text("select md5(string_agg(s::text, ',' order by id)) from cash_sessions as s")
        #expect(after == before)
    }
}
