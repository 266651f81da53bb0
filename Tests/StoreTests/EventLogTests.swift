import CashPilotPostgres
import Postgres
import Synchronization
import TestSupport
import Testing

/// Transactions that are open beside each other, in the order of a seed: what decides is who commits when.
@Suite("The feed in the database", .droppedDatabases)
struct EventLogTests {
    @Test(
        "Whatever commits late, every event is read once, in one order for all, by whoever reads whenever",
        arguments: [1, 2, 3] as [UInt64])
    func everyEventOnce(seed: UInt64) async throws {
        var random = SeededChoices(state: seed)
        let rehearsal = try await EventLogRehearsal(writers: 12, readers: 3)
        for _ in 0..<1_500 { try rehearsal.step(&random) }
        try rehearsal.finish()
        let order = try rehearsal.order()
        #expect(order.count > 300)
        #expect(Set(order).count == order.count)
        #expect(Set(order) == Set(rehearsal.committed))
        for reader in rehearsal.readers { #expect(reader.read == order) }
        // Of one writer's events the later one comes later: a close never comes before its open.
        for writer in rehearsal.writers.indices {
            let own = order.filter { $0.hasPrefix("\(writer)/") }.compactMap { Int($0.split(separator: "/")[1]) }
            #expect(own == own.sorted())
        }
        // The trap was there: who goes by the numbers drawn at writing passes over what commits late.
        #expect(Set(rehearsal.readByTick) != Set(order))
    }

    @Test("Of two concurrent placements the second does not wait, and reports that another one runs")
    func onePlacer() async throws {
        let string = try await Schema.migratedDatabase()
        let (one, other) = (try Schema.connect(string), try Schema.connect(string))
        try one.execute(
            "insert into audit_events (business_id, id, action) values (gen_random_uuid(), gen_random_uuid(), 'session.open')"
        )
        try one.execute("begin")
        #expect(try one.text("select place_audit_events(9)::text") == "1")
        try other.execute("set lock_timeout = '100ms'")
        #expect(try other.text("select place_audit_events(9)::text") == nil)
        try one.execute("rollback")
        #expect(try other.text("select place_audit_events(9)::text") == "1", "what was taken back waits on")
        #expect(try other.text("select place_audit_events(9)::text") == "0")
        #expect(try other.text("select string_agg(position::text, ' ') from event_feed") == "1")
    }

    @Test(
        "What is no session's has no place; what was sealed before is not placed again; none is sealed before it is placed"
    )
    func otherEvents() async throws {
        let connection = try await Schema.migrated()
        let business = "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d"
        try connection.execute(
            """
            insert into audit_events (business_id, id, action) values
                ('\(business)', gen_random_uuid(), 'cashier.assign'), ('\(business)', gen_random_uuid(), 'session.open')
            """)
        #expect(try connection.text("select seal_audit_chains('{\(business)}', 9)::text") == "0")
        #expect(try connection.text("select place_audit_events(9)::text") == "2")
        #expect(try connection.text("select seal_audit_chains('{\(business)}', 9)::text") == "2")
        try connection.execute("insert into audit_unsealed select business_id, id from audit_events")
        #expect(try connection.text("select place_audit_events(9)::text") == "2")
        #expect(try connection.text("select count(*)::text from event_feed") == "1")
    }

    @Test("A placement notifies listeners, and only if there is an event to read")
    func notifies() async throws {
        let string = try await Schema.migratedDatabase()
        let told = Told()
        let listener = NotificationListener(
            DatabaseConfiguration(connectionString: string), channel: PostgresEventLogStore.channel
        ) { told.count() }
        try listener.start()
        defer { listener.stop() }
        let connection = try Schema.connect(string)
        try await eventually("it listens") { told.times == 1 ? true : nil }
        func place(_ action: String) throws {
            try connection.execute(
                """
                insert into audit_events (business_id, id, action) values (gen_random_uuid(), gen_random_uuid(), '\(action)');
                select place_audit_events(9)
                """)
        }
        try place("user.create")
        try place("session.open")
        try await eventually("it is told") { told.times == 2 ? true : nil }
        try connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %' and datname = current_database()"
        )
        try await eventually("it listens again, and looks at once") { told.times == 3 ? true : nil }
        try place("session.open")
        try await eventually("it is told again") { told.times == 4 ? true : nil }
    }
}

private final class Told: Sendable {
    private let counter = Atomic(0)
    func count() { counter.add(1, ordering: .relaxed) }
    var times: Int { counter.load(ordering: .relaxed) }
}
