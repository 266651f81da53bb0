import CashPilot
import CashPilotPostgres
import Postgres
import TestSupport
import Testing

@Suite("The movements of PostgresSessionStore", .droppedDatabases)
struct MovementStoreTests {
    private static let ids = IDMaker(milliseconds: { 1_764_000_000_000 }, random: { .random(in: .min ... .max) })

    /// A store on a database with a business and an administrator, whose bearer is the till's.
    private func withStore(
        sessions: Int, _ test: (PostgresSessionStore, [MovementRequest], BlockingConnection) async throws -> Void
    ) async throws {
        let string = try await Schema.migratedDatabase()
        let connection = try Schema.connect(string)
        let (admin, business): (UserID, BusinessID) = (Self.ids.make(), Self.ids.make())
        let held: [(session: SessionID, cashier: UserID)] = (0..<sessions).map { _ in (Self.ids.make(), Self.ids.make())
        }
        try connection.execute(
            """
            insert into users (id, email, name, role, password_hash) values ('\(admin)', 'a@x.example', 'A', 'ADMIN', '-');
            insert into businesses (id, name, currency, time_zone) values ('\(business)', 'B', 'PYG', 'America/Asuncion');
            insert into credentials (id, user_id, kind, secret_hash)
            values (gen_random_uuid(), '\(admin)', 'API_KEY', \(Bearer.till.sql));
            """)
        for (number, (session, cashier)) in held.enumerated() {
            try connection.execute(
                """
                insert into users (id, email, name, role, password_hash)
                values ('\(cashier)', '\(cashier)@x.example', 'C', 'CASHIER', '-');
                insert into cash_sessions (
                    business_id, id, session_number, cashier_id, opened_by, status, currency, time_zone, business_date,
                    business_day_cutoff, initial_cash, opened_at
                )
                values (
                    '\(business)', '\(session)', \(number + 1), '\(cashier)', '\(cashier)', 'OPEN', 'PYG',
                    'America/Asuncion', current_date, '00:00', 0, now()
                );
                """)
        }
        let caller = Caller(id: admin, bearer: Bearer.till.hash, requestID: "r")
        let requests = held.map { held in
            MovementRequest(
                caller: caller, business: business, session: held.session, id: nil,
                content: .entry(MovementEntry(kind: .cashSale, amount: Money(minorUnits: 7))), reason: nil)
        }
        try await Schema.withDatabase(string) { database in
            try await test(PostgresSessionStore(database: database), requests, connection)
        }
    }

    @Test(
        "A movement writes no index of its session: none depends on its sums, and each page has room for new versions")
    func indexes() async throws {
        try await withStore(sessions: 10) { store, requests, connection in
            for _ in 0..<5 {
                for request in requests {
                    let attempt = try await store.record(request, as: Self.ids.make(), audit: Self.ids.make())
                    #expect(attempt?.value.isNew == true)
                }
            }
            #expect(
                try connection.text(
                    """
                    select string_agg(distinct concat_ws(' ', recorded_movements, recorded_cash_sales, version), ' ')
                    from cash_sessions
                    """) == "5 35 1")
            #expect(
                try connection.texts(
                    """
                    select i.indexdef from pg_indexes as i
                    cross join unnest(session_sums()) as c (name)
                    where i.tablename ~ '^cash_sessions'
                        and c.name <> 'late_movements'
                        and position(c.name in i.indexdef) > 0
                    """) == [])
            #expect(
                try connection.texts(
                    """
                    select c.relname from pg_class as c
                    where c.relkind = 'r'
                        and c.relname ~ '^cash_sessions'
                        and (c.reloptions @> '{fillfactor=80}') is not true
                    """) == [])
        }
    }

    @Test("The sum of a session's movements stays within the largest amount, and a session within 20 000 movements")
    func bounds() async throws {
        try await withStore(sessions: 2) { store, requests, connection in
            let (full, many) = (requests[0], requests[1])
            let largest = MovementEntry(kind: .cashSale, amount: Money(minorUnits: Money.accepted.upperBound))
            let all = MovementRequest(
                caller: full.caller, business: full.business, session: full.session, id: nil,
                content: .entry(largest), reason: nil)
            #expect(try await store.record(all, as: Self.ids.make(), audit: Self.ids.make())?.value.isNew == true)
            await #expect(throws: DomainError.self) {
                try await store.record(full, as: Self.ids.make(), audit: Self.ids.make())
            }
            try connection.execute(
                "update cash_sessions set recorded_movements = 19999, recorded_hash = sha256('x') where id = '\(many.session)'"
            )
            let last = try await store.record(many, as: Self.ids.make(), audit: Self.ids.make())?.value
            #expect(last?.isNew == true && last?.movement?.number == 20_000)
            let beyond = try await store.record(many, as: Self.ids.make(), audit: Self.ids.make())?.value
            #expect(beyond?.isNew == false && beyond?.hasRoom == false && beyond?.movement == nil)
            #expect(try connection.text("select count(*)::text from movements") == "2")
        }
    }

    @Test("The expected cash in SQL is that of the domain, for random figures")
    func formula() async throws {
        let connection = try await Schema.migrated()
        func amount() -> Money { Money(minorUnits: Int64.random(in: 0...999_999_999)) }
        for round in 0..<200 {
            let count = Count(
                finalCash: amount(), envelopeAmount: amount(), expenses: amount(), creditPaymentsCollected: amount(),
                declaredCashSales: round % 3 == 0 ? nil : amount())
            let recorded = Recorded(
                movements: 1, hasSales: round % 2 == 0, cashSales: amount(), cashRefunds: amount(), paidIn: amount(),
                paidOut: amount(), drops: amount())
            let float = amount()
            let totals = try Totals(float: float, count: count, recorded: recorded)
            let row: [(String, String)] = [
                ("initial_cash", "\(float.minorUnits)"), ("envelope_amount", "\(count.envelopeAmount.minorUnits)"),
                ("expenses", "\(count.expenses.minorUnits)"),
                ("credit_payments_collected", "\(count.creditPaymentsCollected.minorUnits)"),
                ("declared_cash_sales", count.declaredCashSales.map { "\($0.minorUnits)" } ?? "null"),
                ("records_sales", "\(recorded.hasSales)"), ("recorded_cash_sales", "\(recorded.cashSales.minorUnits)"),
                ("recorded_cash_refunds", "\(recorded.cashRefunds.minorUnits)"),
                ("recorded_paid_in", "\(recorded.paidIn.minorUnits)"),
                ("recorded_paid_out", "\(recorded.paidOut.minorUnits)"),
                ("recorded_drops", "\(recorded.drops.minorUnits)"),
            ]
            let json = row.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ")
            let found = try connection.text(
                "select session_expected_cash(jsonb_populate_record(null::cash_sessions, '{\(json)}'))::text")
            #expect(found == totals.expectedCash.map { "\($0.minorUnits)" })
        }
    }
}
