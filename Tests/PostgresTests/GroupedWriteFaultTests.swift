import Postgres
import TestSupport
import Testing

extension ServerTests {
    @Suite("Writes that share a commit, and what may be lost with it")
    struct GroupedWriteFaultTests {
        /// A table that would hold a row twice.
        private static let effects = "create table effects (id bigint not null)"
        private static let effect = SQL.statement("insert into effects values ($1::bigint) returning id")

        @Test(
            "Whatever message the connection is cut at, each is done once if it is said so, and not at all if that is said",
            arguments: DatabaseLine.Side.allCases)
        func cuts(side: DatabaseLine.Side) async throws {
            try await PostgresServer.shared().withDatabase { string in
                try connect(string).execute(Self.effects)
                try await cuts(side, of: string)
            }
        }

        private func cuts(_ side: DatabaseLine.Side, of string: String) async throws {
            let line = try await DatabaseLine.open(to: string)
            var outcomes: Set<DatabaseError.Outcome?> = []
            for place in 0..<60 {
                let (cuts, failures) = try await withDriver(line.connectionString, WriteGroup.adjust()) { database in
                    #expect(try await database.waitUntilWhole(), "\(place): \(database.gauges)")
                    let ids = (1...5).map { Int64(place * 100 + $0) }
                    let group = WriteGroup(
                        writes: ids.map { .init(Self.effect, conflictKey: UInt64($0), [.int64($0)]) })
                    let failures = try await group.make(on: database) { line.arm(.cut(side, after: place)) }
                    let cuts = line.disarm()
                    let times = try Self.times(of: ids, in: string)
                    for (times, failure) in zip(times, failures) {
                        switch failure?.outcome {
                        case nil: #expect(times == 1, "\(place)")
                        case .notApplied: #expect(times == 0, "\(place)")
                        case .unknown: #expect(times <= 1, "\(place)")
                        }
                    }
                    // One commit: what became of it, became of all.
                    #expect(
                        Set(times).count == 1,
                        "\(place): \(times) \(failures.map { $0?.description ?? "done" }) \(database.gauges)")
                    #expect(try await database.waitUntilWhole())
                    return (cuts, failures)
                }
                outcomes.formUnion(failures.map { $0?.outcome })
                if cuts == 0 { break }
            }
            #expect(outcomes.contains(.unknown))
            #expect(outcomes.contains(nil))
            try await line.close()
        }

        /// How often each was done.
        private static func times(of ids: [Int64], in string: String) throws -> [Int] {
            let rows = try connect(string).query("select id from effects")
            let done = try rows.map { row in
                var columns = row.reader()
                return try columns.next(Int64.self)
            }
            return ids.map { id in done.count { $0 == id } }
        }

        @Test("Each grouped write completes after the commit, and is unknown if the standby did not confirm it")
        func missingStandby() async throws {
            let server = try await PostgresServer.start(settings: ["synchronous_standby_names": "nobody"])
            try server.execute("set synchronous_commit = local; \(SQL.items)")
            try await withDriver(server.connectionString(), WriteGroup.adjust()) { database in
                #expect(try await database.waitUntilWhole())
                async let made = WriteGroup.inserts(1...6).make(on: database)
                let waiting = "select 1 from pg_stat_activity where wait_event = 'SyncRep'"
                #expect(
                    try await eventually {
                        try await database.read(SQL.statement(waiting)).count == 1 && database.gauges.inFlight >= 6
                    })
                try server.execute("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'")
                let failures = try await made
                #expect(failures.allSatisfy { $0?.outcome == .unknown && $0?.sqlState == "01000" })
                #expect(try await database.count() == 6)
                #expect(database.gauges.resent == 0)
            }
            try await server.stop()
        }

        @Test("Without a group connection, each write is an exclusive write")
        func refusedConnection() async throws {
            let server = try await PostgresServer.start()
            let string = server.connectionString()
            try connect(string).execute("\(SQL.items) create role visitor login; grant all on items to visitor")
            let visiting = string.replacing("user=postgres", with: "user=visitor")
            try await withDriver(visiting, WriteGroup.adjust { $0.writeConnections = 1 }) { database in
                #expect(try await database.waitUntilWhole())
                let others = database.gauges.connectionsTotal - 1
                let superuser = try connect(string)
                try superuser.execute("alter role visitor connection limit \(others)")
                async let lost = WriteGroup(writes: [.init(SQL.pause, conflictKey: 1, [.int64(9_000)])]).made(
                    on: database)
                let isEnded = try await eventually {
                    try !superuser.query(
                        """
                        select pg_terminate_backend(pid) from pg_stat_activity
                        where datname = current_database() and wait_event = 'PgSleep'
                        """
                    ).isEmpty
                }
                #expect(isEnded)
                #expect(try await lost[0]?.reason == .connectionLost)
                let failures = try await WriteGroup.inserts(1...6).made(on: database)
                #expect(failures.compactMap(\.self) == [])
                #expect(try await database.transactions() == 6)
                #expect(database.gauges.writesGrouped == 1)
                #expect(database.gauges.connectionsReady == others)
            }
        }

        @Test("A backend that is ended in the middle of a group leaves each unknown, and none of them done")
        func endedBackend() async throws {
            try await withDatabase(setup: SQL.items, WriteGroup.adjust()) { database in
                let killer = try connect(try await connectionString(of: database))
                #expect(try await database.waitUntilWhole())
                var group = WriteGroup.inserts(1...6)
                group.writes[3] = WriteGroup.Write(
                    SQL.pausingInsert, conflictKey: 4, [.int64(4), .text("slow"), .int64(9_000)])
                async let made = group.make(on: database)
                #expect(try await eventually { database.gauges.inFlight == 6 })
                let isEnded = try await eventually {
                    try !killer.query(
                        """
                        select pg_terminate_backend(pid) from pg_stat_activity
                        where datname = current_database() and wait_event = 'PgSleep'
                        """
                    ).isEmpty
                }
                #expect(isEnded)
                let failures = try await made
                #expect(failures.allSatisfy { $0?.outcome == .unknown && $0?.reason == .connectionLost })
                #expect(try await database.count() == 0)
                #expect(try await database.waitUntilWhole())
                #expect(database.gauges.unknownOutcomes == 6)
            }
        }
    }
}
