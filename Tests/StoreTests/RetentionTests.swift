import CashPilotPostgres
import Postgres
import TestSupport
import Testing

@Suite("Deleting old conflicts and old events of the event log", .droppedDatabases)
struct RetentionTests {
    private static let business = "00000000-0000-7000-8000-000000000009"
    private static let positions = "select string_agg(position::text, ' ' order by position) from event_feed"

    /// Runs a test with the rights of the service.
    private func asService(_ string: String, _ test: (Database) async throws -> Void) async throws {
        try await Schema.withDatabase(string, { $0.role = "cashpilot_app" }) { try await test($0) }
    }

    private func delete(_ batch: () async throws -> Int) async throws -> Int {
        var deleted = 0
        while case let count = try await batch(), count > 0 {
            #expect(count <= 500)
            deleted += count
        }
        return deleted
    }

    @Test("Conflicts older than the limit are deleted in batches, in all businesses, and younger ones stay")
    func conflicts() async throws {
        let string = try await Schema.migratedDatabase()
        let connection = try Schema.connect(string)
        try connection.execute(
            """
            insert into businesses (id, name, currency, time_zone)
            select lpad(n::text, 32, '0')::uuid, n::text, 'PYG', 'America/Asuncion' from generate_series(1, 3) as n;
            insert into open_conflicts (
                business_id, cashier_id, session_id, caller_id, minute, times, first_at, last_at, id
            )
            select
                lpad((1 + n % 3)::text, 32, '0')::uuid, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), t.at, 1,
                t.at, t.at, gen_random_uuid()
            from generate_series(1, 1300) as n
            cross join lateral (
                select now() - case when n <= 1200 then interval '31 days' else interval '29 days' end as at
            ) as t;
            """)
        try await asService(string) { database in
            let store = PostgresAuditStore(database: database)
            let deleted = try await delete { try await store.deleteConflicts(olderThan: 30) }
            #expect(deleted == 1200)
        }
        let left = """
            select concat_ws(' ', count(*), min(first_at) > now() - interval '30 days') from open_conflicts
            """
        #expect(try connection.text(left) == "100 t")
    }

    @Test("The oldest events leave the log, never one after an event that stays, and the audit events stay")
    func eventLog() async throws {
        let string = try await Schema.migratedDatabase()
        let connection = try Schema.connect(string)
        try write(connection, ages: Array(repeating: 40, count: 1200) + [29, 40, 1])
        try await asService(string) { database in
            let store = PostgresEventLogStore(database: database)
            let deleted = try await delete { try await store.deleteEvents(olderThan: 30) }
            #expect(deleted == 1200)
        }
        #expect(try connection.text(Self.positions) == "1201 1202 1203")
        #expect(try connection.text("select count(*)::text from audit_events") == "1203")
    }

    @Test("The last event stays however old it is, so the next position is new")
    func lastEvent() async throws {
        let string = try await Schema.migratedDatabase()
        let connection = try Schema.connect(string)
        try write(connection, ages: [50, 50, 50])
        try await asService(string) { database in
            let store = PostgresEventLogStore(database: database)
            let deleted = try await delete { try await store.deleteEvents(olderThan: 30) }
            #expect(deleted == 2)
        }
        try write(connection, ages: [0])
        #expect(try connection.text(Self.positions) == "3 4")
    }

    /// Writes events of sessions that are so many days old, and gives them positions in that order.
    private func write(_ connection: BlockingConnection, ages: [Int]) throws {
        let list = ages.map(String.init).joined(separator: ",")
        try connection.execute(
            """
            insert into audit_events (business_id, id, action, occurred_at)
            select '\(Self.business)', gen_random_uuid(), 'session.open', now() - make_interval(days => a.age)
            from unnest('{\(list)}'::integer[]) with ordinality as a (age, place)
            order by a.place;
            select place_audit_events(\(ages.count));
            """)
    }
}
