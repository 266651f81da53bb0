import CashPilotPostgres
import Foundation
import Postgres
import TestSupport
import Testing

/// Plans are made as the service's connections make them, on a shop with some history.
@Suite("The statements' plans", .droppedDatabases)
struct StatementPlanTests {
    @Test("No statement reads the whole of a table that grows, nor gathers rows only to sort them for a page")
    func indexes() async throws {
        let connection = try Self.shop(in: try await Schema.migratedDatabase())
        // Some grow with every session, people's with the shop. An administrator's businesses are all of them.
        // The queue for a place and a seal does not: a row lives for a second.
        let table =
            #/(cash_sessions|audit_(events|seals|heads)|event_feed|open_conflicts|idempotency_keys|users|business\w*)/#
        for statement in SQL.all {
            for line in try Self.plan(of: statement, on: connection) {
                let isWhole = line.contains(#/(Seq|Bitmap Heap) Scan on /#) && line.contains(table)
                let isMeant = statement.name == SQL.sessionListEverywhere.name && line.contains("businesses every")
                #expect(!isWhole || isMeant, "\(statement.name): \(line)")
            }
        }
    }

    @Test(
        "sql/plans.txt is what PostgreSQL 15 plans; `make plans` writes it",
        .enabled("another PostgreSQL may plan otherwise; continuous integration has this one") {
            if ProcessInfo.processInfo.environment["CI"] != nil { return true }
            return try await isPostgreSQL15()
        })
    func expected() async throws {
        let connection = try Self.shop(in: try await Schema.unpartitionedDatabase())
        var text = "How PostgreSQL 15 carries out each file of sql/queries. Made by `make plans`; a test compares it.\n"
        for statement in SQL.all.sorted(by: { $0.name < $1.name }) {
            let plan = try Self.plan(of: statement, on: connection)
            text += "\n\(statement.name)\n" + plan.map { "    \($0)\n" }.joined()
        }
        try text.write(to: Repository.root.appending(path: ".build/plans.txt"), atomically: true, encoding: .utf8)
        let written = try Repository.text("sql/plans.txt")
        #expect(text == written)
    }

    private static func isPostgreSQL15() async throws -> Bool {
        try await Schema.migrated().text("show server_version")?.hasPrefix("15.") == true
    }

    /// The nodes of the plan, without conditions and costs.
    private static func plan(of statement: Statement, on connection: BlockingConnection) throws -> [String] {
        try connection.execute("prepare tested as \(statement.text)")
        defer { try? connection.execute("deallocate tested") }
        let count = statement.text.matches(of: #/(?m)^-- \$\d+ /#).count
        let nulls = Array(repeating: "null", count: count).joined(separator: ", ")
        let lines = try connection.lines("explain (costs off) execute tested" + (count == 0 ? "" : "(\(nulls))"))
        return lines.enumerated().compactMap { index, line in
            index == 0 || line.contains(#/->|^ *(CTE|InitPlan|SubPlan) /#) ? line : nil
        }
    }

    private static func shop(in database: String) throws -> BlockingConnection {
        let connection = try Schema.connect(database)
        try connection.execute(fill)
        try connection.execute("vacuum analyze")
        for setting in ConnectionString.planning {
            try connection.execute("set \(setting.replacing("=", with: " = "))")
        }
        return connection
    }

    /// A hundred businesses of ten cashiers, a hundred closed sessions in each, and what these left behind.
    private static let fill = """
        set session_replication_role = replica;
        create function id(n bigint) returns uuid language sql as $$ select lpad(n::text, 32, '0')::uuid $$;
        insert into users (id, email, name, role, password_hash)
        select id(n), format('p%s@x.example', n), format('P %s', n), case n when 0 then 'ADMIN' else 'CASHIER' end, '-'
        from generate_series(0, 999) as n;
        insert into businesses (id, name, currency, time_zone)
        select id(1000 + n), format('B %s', n), 'PYG', 'America/Asuncion' from generate_series(0, 99) as n;
        insert into business_counters (business_id, last_session_number) select id, 100 from businesses;
        insert into business_cashiers (business_id, cashier_id)
        select id(1000 + n / 10), id(n) from generate_series(0, 999) as n;
        insert into cash_sessions (
            business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
            initial_cash, opened_at, closed_at, closed_by, final_cash
        )
        select
            id(1000 + n % 100), id(10000 + n), n / 100 + 1, c.id, c.id, 'CLOSED', 'PYG', 'America/Asuncion',
            '2026-01-01'::date + n / 1000, 0, timestamptz '2026-01-01' + n * interval '8 min',
            timestamptz '2026-01-01 08:00' + n * interval '8 min', c.id, 5
        from generate_series(0, 9999) as n
        cross join lateral (select id(n % 100 * 10 + n / 100 % 10) as id) as c;
        insert into audit_events (business_id, id, occurred_at, action, actor_id, session_id)
        select business_id, id, opened_at, 'session.open', cashier_id, id from cash_sessions;
        insert into event_feed (position, business_id, event_id, cashier_id)
        select row_number() over (order by opened_at), business_id, id, cashier_id from cash_sessions;
        insert into open_conflicts (business_id, cashier_id, session_id, caller_id, minute, times, first_at, last_at)
        select business_id, cashier_id, id, cashier_id, opened_at, 3, opened_at, opened_at from cash_sessions;
        set session_replication_role = origin;
        """
}

extension BlockingConnection {
    /// The first column of every row.
    func lines(_ query: String) throws -> [String] {
        try self.query(query).map { row in
            var reader = row.reader()
            return try reader.next()
        }
    }
}
