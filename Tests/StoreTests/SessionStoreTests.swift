import CashPilot
import CashPilotPostgres
import Postgres
import TestSupport
import Testing

@Suite("PostgresSessionStore", .droppedDatabases)
struct SessionStoreTests {
    private static let ids = IDMaker(milliseconds: { 1_764_000_000_000 }, random: { .random(in: .min ... .max) })

    private struct Unexpected: Error {
        let outcome: OpenOutcome
    }

    /// A store on a database with a business and its cashier.
    private func withStore(
        _ test: (PostgresSessionStore, OpenRequest, BlockingConnection) async throws -> Void
    ) async throws {
        let string = try await Schema.migratedDatabase()
        let connection = try Schema.connect(string)
        let (cashier, business): (UserID, BusinessID) = (Self.ids.make(), Self.ids.make())
        try connection.execute(
            """
            insert into users (id, email, name, role, password_hash) values ('\(cashier)', 'a@x.example', 'Ana', 'CASHIER', '-');
            insert into businesses (id, name, currency, time_zone) values ('\(business)', 'B', 'PYG', 'America/Asuncion');
            insert into business_cashiers values ('\(business)', '\(cashier)');
            insert into credentials (id, user_id, kind, secret_hash)
            values (gen_random_uuid(), '\(cashier)', 'API_KEY', \(Bearer.till.sql));
            """)
        let request = OpenRequest(
            caller: Caller(id: cashier, bearer: Bearer.till.hash, requestID: "r"), business: business, cashier: cashier,
            initialCash: .zero)
        try await Schema.withDatabase(string) { database in
            try await test(PostgresSessionStore(database: database), request, connection)
        }
    }

    private func opened(_ outcome: OpenOutcome) throws -> Session {
        guard case .opened(let session, .cashier) = outcome else { throw Unexpected(outcome: outcome) }
        return session
    }

    @Test("The look-up of the open session returns it, and none when it is closed", .tags(.ac03))
    func lookUp() async throws {
        try await withStore { store, request, connection in
            #expect(
                try await store.current(of: request.cashier, in: request.business, for: request.caller)?.value == nil
            )
            let session = try opened(try await store.open(request, as: Self.ids.make(), audit: Self.ids.make()))
            let found = try await store.current(of: request.cashier, in: request.business, for: request.caller)?
                .value
            #expect(found?.id == session.id)
            #expect(try await store.precheck(request)?.existing?.id == session.id)
            try connection.execute(
                "update cash_sessions set status = 'CLOSED', closed_at = opened_at, closed_by = cashier_id")
            #expect(
                try await store.current(of: request.cashier, in: request.business, for: request.caller)?.value == nil
            )
            #expect(try await store.precheck(request)?.existing == nil)
        }
    }

    @Test("A soft-deleted open session is not found", .tags(.ac03))
    func deleted() async throws {
        try await withStore { store, request, connection in
            _ = try opened(try await store.open(request, as: Self.ids.make(), audit: Self.ids.make()))
            try connection.execute(
                """
                update cash_sessions set is_deleted = true, delete_reason = 'x', deleted_at = now(),
                    deleted_by = cashier_id
                """)
            #expect(try await store.precheck(request)?.existing == nil)
            _ = try opened(try await store.open(request, as: Self.ids.make(), audit: Self.ids.make()))
        }
    }

    @Test("The write looks for itself: on a slot that is taken it writes nothing and asks to look again")
    func writeLooks() async throws {
        try await withStore { store, request, connection in
            _ = try opened(try await store.open(request, as: Self.ids.make(), audit: Self.ids.make()))
            guard case .checkAgain = try await store.open(request, as: Self.ids.make(), audit: Self.ids.make()) else {
                return #expect(Bool(false))
            }
            #expect(try connection.text("select last_session_number::text from business_counters") == "1")
        }
    }

    @Test(
        "Another integrity error is not mistaken for the conflict: it is a fault, and says its name to the log",
        .tags(.ac03))
    func otherIntegrityError() async throws {
        try await withStore { store, request, connection in
            _ = try opened(try await store.open(request, as: Self.ids.make(), audit: Self.ids.make()))
            try connection.execute(
                """
                update cash_sessions set status = 'CLOSED', closed_at = opened_at, closed_by = cashier_id;
                update business_counters set last_session_number = 0
                """)
            do {
                _ = try await store.open(request, as: Self.ids.make(), audit: Self.ids.make())
                #expect(Bool(false), "the same number twice")
            } catch let fault as StoreError {
                #expect(fault.outcome == .notApplied)
                #expect(!fault.isTransient)
                #expect(fault.description.contains("23505"))
                #expect(fault.description.contains("uq_cash_sessions_number"))
            }
        }
    }

    @Test("An open whose id is taken, by an earlier try of it that was slow to commit, asks to look again")
    func openedBefore() async throws {
        try await withStore { store, request, connection in
            let id: SessionID = Self.ids.make()
            _ = try opened(try await store.open(request, as: id, audit: Self.ids.make()))
            // So that nothing but the id is in the way, as for a try that looked before the first one committed.
            try connection.execute(
                "update cash_sessions set status = 'CLOSED', closed_at = opened_at, closed_by = cashier_id")
            guard case .checkAgain = try await store.open(request, as: id, audit: Self.ids.make()) else {
                return #expect(Bool(false))
            }
            #expect(try connection.text("select count(*)::text from cash_sessions") == "1")
        }
    }

    @Test("A closing never lies before its opening, whatever the clock does")
    func clockStepsBack() async throws {
        try await withStore { store, request, connection in
            let session = try opened(try await store.open(request, as: Self.ids.make(), audit: Self.ids.make()))
            try connection.execute("update cash_sessions set opened_at = now() + interval '1 hour'")
            let outcome = try await store.close(
                CloseRequest(
                    caller: request.caller, business: request.business, session: session.id,
                    count: CountEntry(finalCash: .zero)),
                audit: Self.ids.make())
            let closed = try #require(outcome?.value.session.value)
            #expect(closed.closedAt == closed.openedAt)
        }
    }
}
