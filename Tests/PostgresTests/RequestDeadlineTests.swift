import Postgres
import TestSupport
import Testing

extension ServerTests {
    @Suite("A budget of time")
    struct RequestDeadlineTests {
        @Test("Is for all statements together, and a read that exceeds it costs nobody a connection")
        func reads() async throws {
            try await withDatabase { (database: Database) async throws in
                #expect(try await database.waitUntilWhole())
                let gate = try await Gate(database)
                async let neighbour = database.first(Bool.self, SQL.gate)
                let fault = await RequestDeadline.with(.milliseconds(900)) {
                    await failure {
                        _ = try await database.read(SQL.pause, [.int64(300)])
                        _ = try await database.read(SQL.gate)
                    }
                }
                try gate.open()
                #expect(fault?.reason == .deadline)
                #expect(fault?.outcome == .notApplied)
                #expect(fault?.isUnavailable == true)
                #expect(try await neighbour)
                #expect(try await database.waitUntilWhole())
                #expect(database.gauges.connectionsLost == 0)
            }
        }

        @Test("A write that it cuts off has an unknown outcome; one that it leaves no time for is not sent")
        func writes() async throws {
            try await withDatabase(setup: SQL.items) { (database: Database) async throws in
                #expect(try await database.waitUntilWhole())
                await RequestDeadline.with(.seconds(2)) {
                    let cut = await failure {
                        try await database.write(SQL.pausingInsert, [.int64(1), .text("a"), .int64(20_000)])
                    }
                    #expect(cut?.reason == .deadline)
                    #expect(cut?.outcome == .unknown)
                    for _ in 0..<2 {
                        let refused = await failure { try await database.write(SQL.insert, [.int64(2), .text("b")]) }
                        #expect(refused?.reason == .deadline)
                        #expect(refused?.outcome == .notApplied)
                    }
                    let refused = await failure { try await database.transaction { try await $0.query(SQL.count) } }
                    #expect(refused?.outcome == .notApplied)
                }
                // The server gives up the statement of a client that is gone.
                #expect(try await database.waitUntilWhole())
                #expect(try await database.count() == 0)
            }
        }

        @Test("A transaction that it ends is rolled back; its commit, if in flight, is unknown")
        func transactions() async throws {
            try await withDatabase(setup: SQL.items) { (database: Database) async throws in
                let fault = await RequestDeadline.with(.milliseconds(500)) {
                    await failure {
                        try await database.transaction { transaction in
                            try await transaction.query(SQL.insert, [.int64(1), .text("a")])
                            _ = try? await transaction.query(SQL.pause, [.int64(20_000)])
                            try await transaction.query(SQL.insert, [.int64(2), .text("b")])
                        }
                    }
                }
                #expect(fault?.reason == .deadline)
                #expect(fault?.outcome == .notApplied)
                #expect(try await database.waitUntilWhole())
                #expect(try await database.count() == 0)
                #expect(try await database.transaction { try await $0.query(SQL.count) }.count == 1)
            }
        }

        @Test("Waiting for a connection counts")
        func waits() async throws {
            try await withDatabase(setup: SQL.items, { $0.writeConnections = 1 }) { (database: Database) async throws in
                #expect(try await database.waitUntilWhole())
                let gate = try await Gate(database)
                async let first = database.write(SQL.gate)
                #expect(try await eventually { database.gauges.inFlight == 1 })
                await RequestDeadline.with(.milliseconds(200)) {
                    let refused = await failure { try await database.write(SQL.insert, [.int64(2), .text("b")]) }
                    #expect(refused?.reason == .deadline)
                    #expect(refused?.outcome == .notApplied)
                }
                try gate.open()
                _ = try await first
            }
        }
    }
}
