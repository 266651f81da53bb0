import CashPilot
import CashPilotPostgres
import Postgres
import TestSupport
import Testing

@Suite(
    "What is created again under its id, because an answer was lost, while the first try still runs", .droppedDatabases)
struct RepeatedCreateTests {
    private static let ids = IDMaker(milliseconds: { 1_764_000_000_000 }, random: { .random(in: .min ... .max) })

    @Test("A business is made once, and answered both times")
    func business() async throws {
        let (id, audit): (BusinessID, AuditEventID) = (Self.ids.make(), Self.ids.make())
        let made = try await twice { database in
            try await PostgresBusinessStore(database: database).create(
                BusinessDraft(name: "Centro", currency: "PYG", timeZone: "America/Asuncion"), as: id,
                by: .commandLine, key: nil, audit: audit)
        }
        #expect(made.map(\.id) == [id, id])
    }

    @Test("An account is made once, and answered both times")
    func account() async throws {
        let (id, audit): (UserID, AuditEventID) = (Self.ids.make(), Self.ids.make())
        let made = try await twice { database in
            try await PostgresUserStore(database: database).create(
                User(id: id, email: "eva@x.example", name: "Eva", role: .cashier, locale: .spanish), isActive: true,
                passwordHash: "-", by: .commandLine, key: nil, audit: audit)
        }
        #expect(made.map(\.user.id) == [id, id])
    }

    /// Creates twice at once: the first is held before its commit, until the second waits for it.
    private func twice<Value: Sendable>(
        _ create: @escaping @Sendable (Database) async throws -> Keyed<Authorized<Value?>>?
    ) async throws -> [Value] {
        let string = try await Schema.migratedDatabase()
        let connection = try Schema.connect(string)
        try connection.execute(
            """
            create function hold() returns trigger language plpgsql as $$
            begin
                perform pg_advisory_xact_lock(4711);
                return null;
            end
            $$;
            create constraint trigger hold after insert on audit_events
            deferrable initially deferred for each row execute function hold();
            select pg_advisory_lock(4711);
            """)
        return try await Schema.withDatabase(string) { database in
            async let outcomes = together(2) { _ in try await create(database)?.value.value }
            let waiters = """
                select count(*)::text from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'
                """
            try await eventually("both wait") { try connection.text(waiters) == "2" ? true : nil }
            try connection.execute("select pg_advisory_unlock(4711)")
            return try await outcomes.compactMap { $0 }
        }
    }
}
