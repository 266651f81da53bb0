import Postgres
import TestSupport
import Testing

extension ServerTests {
    @Suite("Writes that share a commit")
    struct GroupedWriteTests {
        @Test("Are one transaction if they came together, and not without being told to", arguments: [0, 1])
        func oneTransaction(groupConnections: Int) async throws {
            let adjust = WriteGroup.adjust { $0.groupConnections = groupConnections }
            try await withDatabase(setup: SQL.items, adjust) { database in
                let group = WriteGroup.inserts(1...20)
                let failures = try await groupConnections == 0 ? group.made(on: database) : group.make(on: database)
                #expect(failures.compactMap(\.self) == [])
                #expect(try await database.count() == 20)
                #expect(try await database.transactions() == (groupConnections == 0 ? 20 : 1))
                #expect(database.gauges.writesGrouped == (groupConnections == 0 ? 0 : 21))
                #expect(database.gauges.resent == 0)
            }
        }

        @Test("A failed group is retried one write at a time, and each write gets its own result")
        func errors() async throws {
            try await withDatabase(setup: SQL.items, WriteGroup.adjust()) { database in
                try await database.write(SQL.insert, [.int64(99), .text("taken")])
                var group = WriteGroup.inserts(1...20)
                group.writes[4].parameters = [.int64(5), .text("taken")]
                group.writes[9].parameters = [.int64(10), .text(String(repeating: "x", count: 200))]
                group.writes[14] = WriteGroup.Write(SQL.divide, conflictKey: 15, [.int64(0)])
                let failures = try await group.make(on: database)
                #expect(failures[4]?.violates("uq_items_label") == true)
                #expect(failures[9]?.constraint == "items_label_short")
                #expect(failures[14]?.sqlState == "22012")
                #expect(failures.allSatisfy { $0 == nil || $0?.outcome == .notApplied })
                #expect(failures.compactMap(\.self).count == 3)
                #expect(database.gauges.resent == 20)
                #expect(try await database.count() == 18)
                #expect(try await database.transactions() == 18)
            }
        }

        @Test("Tell nobody of a conflict with what was not committed: of two that conflict in a group, one wins")
        func conflictWithin() async throws {
            try await withDatabase(setup: SQL.items, WriteGroup.adjust()) { database in
                var group = WriteGroup.inserts(1...8)
                group.writes[6].parameters = [.int64(7), .text("item 2")]
                let failures = try await group.make(on: database)
                let losers = failures.indices.filter { failures[$0] != nil }
                #expect(losers == [1] || losers == [6])
                #expect(try await database.count() == 7)
            }
        }

        @Test("Are told of a failure of the commit itself one by one: only whose it is")
        func failedCommit() async throws {
            let setup = """
                create table parents (id bigint primary key);
                create table children (
                    parent bigint constraint children_parent references parents deferrable initially deferred);
                """
            try await withDatabase(setup: SQL.items + setup, WriteGroup.adjust()) { database in
                let orphan = SQL.statement("insert into children values ($1::bigint) returning parent")
                var group = WriteGroup.inserts(1...8)
                group.writes[3] = WriteGroup.Write(orphan, conflictKey: 4, [.int64(1)])
                let failures = try await group.make(on: database)
                #expect(failures[3]?.constraint == "children_parent")
                #expect(failures.compactMap(\.self).count == 1)
                #expect(try await database.count() == 7)
                #expect(database.gauges.connectionsLost == 0)
            }
        }

        @Test(
            "A locked conflict key delays its group only briefly, and its later writes are exclusive"
        )
        func stuckKey() async throws {
            try await withDatabase(setup: SQL.items, WriteGroup.adjust()) { database in
                let existing = try connect(try await connectionString(of: database))
                try existing.execute("begin; insert into items values (3, 'held')")
                #expect(try await database.waitUntilWhole())
                async let stuck = failure {
                    try await database.write(SQL.insert, conflictKey: 3, [.int64(3), .text("late")])
                }
                // It has left its group and waits alone.
                #expect(try await eventually { database.gauges.resent == 1 })
                for numbers in [Int64(10)...19, 20...29] {
                    let failures = try await WriteGroup.inserts(numbers).make(on: database, besides: 1)
                    #expect(failures.compactMap(\.self) == [])
                }
                async let next = failure {
                    try await database.write(SQL.insert, conflictKey: 3, [.int64(3), .text("later")])
                }
                let failures = try await WriteGroup.inserts(30...39).make(on: database, besides: 2)
                #expect(failures.compactMap(\.self) == [])
                try existing.execute("commit")
                #expect(await stuck?.violates("items_pkey") == true)
                #expect(await next?.violates("items_pkey") == true)
                // The second as well if the failure of the first was 5 s ago by then (`ExclusiveKeysTests`).
                #expect(database.gauges.resent <= 2)
                #expect(try await database.count() == 31)
            }
        }

        @Test("A group that holds a stuck key is undone and made again: its others are answered while the key waits")
        func stuckKeyWithin() async throws {
            try await withDatabase(setup: SQL.items, WriteGroup.adjust()) { database in
                let existing = try connect(try await connectionString(of: database))
                try existing.execute("begin; insert into items values (3, 'held')")
                async let failures = WriteGroup.inserts(1...10).make(on: database)
                #expect(try await eventually { database.gauges.resent == 10 })
                #expect(try await eventually { try await database.count() == 9 })
                #expect(try await eventually { database.gauges.inFlight == 1 })
                try existing.execute("rollback")
                #expect(try await failures.compactMap(\.self) == [])
                #expect(try await database.count() == 10)
            }
        }

        @Test("Two pools whose groups lock in opposite orders do not stand in each other's way for good")
        func oppositeOrders() async throws {
            let setup = """
                create table counts (id bigint primary key, n bigint not null);
                insert into counts select id, 0 from generate_series(1, 16) as id;
                """
            let adjust = WriteGroup.adjust { $0.groupConnections = 2 }
            try await withDatabase(setup: setup, adjust) { one in
                try await withDriver(try await connectionString(of: one), adjust) { other in
                    let rounds = 25
                    let failures = try await together(2 * 16) { place in
                        let (database, id) = (place < 16 ? one : other, place % 16 + 1)
                        let conflictKey = UInt64(place < 16 ? id : 17 - id)
                        let add = SQL.statement("update counts set n = n + 1 where id = $1::bigint")
                        return await failure {
                            for _ in 0..<rounds {
                                try await database.write(add, conflictKey: conflictKey, [.int64(Int64(id))])
                            }
                        }
                    }
                    #expect(failures.compactMap(\.self) == [])
                    let wrong = SQL.statement("select count(*) from counts where n <> $1::bigint")
                    #expect(try await one.first(Int64.self, wrong, [.int64(Int64(2 * rounds))]) == 0)
                }
            }
        }

        @Test("A caller that waits no longer costs the others of its group nothing; what came of its own is unknown")
        func impatientCaller() async throws {
            try await withDatabase(setup: SQL.items, WriteGroup.adjust()) { database in
                #expect(try await database.waitUntilWhole())
                // On a busy machine the budget may be used up before the group is sent.
                for attempt in Int64(0)..<10 {
                    let first = attempt * 10 + 1
                    var group = WriteGroup.inserts(first...first + 5)
                    let slow: [Value] = [.int64(first + 5), .text("slow \(attempt)"), .int64(4_000)]
                    group.writes[5] = WriteGroup.Write(SQL.pausingInsert, conflictKey: UInt64(first + 5), slow)
                    group.writes[2].budget = .seconds(3)
                    let before = try await database.count()
                    let failures = try await group.make(on: database)
                    #expect(failures[2]?.reason == .deadline)
                    #expect(failures.compactMap(\.self).count == 1)
                    guard failures[2]?.outcome == .unknown else { continue }
                    #expect(database.gauges.connectionsLost == 0)
                    #expect(try await database.count() == before + 6)
                    let conflictKey = UInt64(first + 2)
                    try await database.write(
                        SQL.insert, conflictKey: conflictKey, [.int64(0), .text("its conflict key is free")])
                    return
                }
                Issue.record("no group was sent within 3 s")
            }
        }

        @Test("One conflict key may park 32 writes, and other keys are accepted")
        func oneKey() async throws {
            let adjust = WriteGroup.adjust()
            try await withDatabase(setup: SQL.items, adjust) { database in
                let gate = try await Gate(database)
                let failures = try await withThrowingTaskGroup(of: DatabaseError?.self) { tasks in
                    tasks.addTask { await failure { try await database.write(SQL.gate, conflictKey: 1) } }
                    #expect(try await eventually { database.gauges.inFlight == 1 })
                    for _ in 0..<50 {
                        tasks.addTask {
                            await failure { try await database.write(SQL.pause, conflictKey: 1, [.int64(0)]) }
                        }
                    }
                    #expect(try await eventually { database.gauges.waiting == 32 })
                    let others = try await WriteGroup.inserts(2...6).made(on: database)
                    #expect(others.compactMap(\.self) == [])
                    try gate.open()
                    return try await tasks.reduce(into: []) { $0.append($1) }
                }
                #expect(failures.compactMap(\.self).count == 18)
                #expect(failures.compactMap(\.self).allSatisfy { $0.reason == .queueFull && $0.outcome == .notApplied })
            }
        }
    }
}
