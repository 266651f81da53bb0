import Logging
import Postgres
import TestSupport
import Testing

extension ServerTests {
    @Suite("The pool")
    struct PoolTests {
        @Test("A thousand reads and two hundred writes at once are all answered, each with its own answer")
        func load() async throws {
            try await withDatabase(setup: SQL.items, { $0.queueMax = 1_200 }) { database in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in Int64(0)..<1_000 {
                        group.addTask {
                            let echoed = try await database.first(Int64.self, SQL.echo, [.int64(number)])
                            #expect(echoed == number)
                        }
                    }
                    for number in Int64(0)..<200 {
                        group.addTask {
                            let rows = try await database.write(
                                SQL.insert, conflictKey: UInt64(number % 50), [.int64(number), .text("item \(number)")])
                            var reader = rows[0].reader()
                            let id = try reader.next(Int64.self)
                            #expect(id == number)
                        }
                    }
                    try await group.waitForAll()
                }
                let count = try await database.count()
                #expect(count == 200)
                #expect(try await database.waitUntilWhole())
                #expect(database.gauges.waiting == 0)
            }
        }

        @Test("Tasks that prefer the reactor are answered there, and by the thousand")
        func onTheReactor() async throws {
            let string = try await PostgresServer.shared().connectionString()
            let reactor = try Reactor()
            defer { reactor.stop() }
            let database = try Database(
                .patient(string), reactor: reactor,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let sum = try await withTaskExecutorPreference(reactor.taskExecutor) {
                try await withThrowingTaskGroup(of: Int64.self) { group in
                    for number in Int64(1)...900 {
                        group.addTask { try await database.first(Int64.self, SQL.echo, [.int64(number)]) }
                    }
                    return try await group.reduce(0, +)
                }
            }
            #expect(sum == 900 * 901 / 2)
            await database.close(within: .seconds(1))
        }

        @Test("A write is answered after its commit: what fails there is an error, not a row")
        func commit() async throws {
            let setup = """
                create table parents (id bigint primary key);
                create table children (
                    parent bigint constraint children_parent references parents deferrable initially deferred);
                """
            try await withDatabase(setup: setup) { database in
                let orphan = SQL.statement("insert into children values ($1::bigint) returning parent")
                for _ in 0..<3 {
                    let refusal = await failure { try await database.write(orphan, [.int64(1)]) }
                    #expect(refusal?.sqlState == "23503")
                    #expect(refusal?.constraint == "children_parent")
                    #expect(refusal?.outcome == .notApplied)
                }
                #expect(database.gauges.connectionsLost == 0)
            }
        }

        @Test("Reads are answered while lists that take long are in flight and waiting")
        func lists() async throws {
            let adjust: (inout DatabaseConfiguration) -> Void = { configuration in
                configuration.readConnections = 1
                configuration.listConnections = 1
            }
            try await withDatabase(adjust) { database in
                let gate = try await Gate(database)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 { group.addTask { _ = try await database.list(SQL.gate) } }
                    #expect(try await eventually { database.gauges.inFlight > 0 && database.gauges.waiting > 0 })
                    for number in Int64(0)..<50 {
                        #expect(try await database.first(Int64.self, SQL.echo, [.int64(number)]) == number)
                    }
                    #expect(database.gauges.inFlight > 0 && database.gauges.waiting > 0)
                    try gate.open()
                    try await group.waitForAll()
                }
            }
        }

        @Test("A full queue refuses at once, and everything accepted is answered")
        func fullQueue() async throws {
            let adjust: (inout DatabaseConfiguration) -> Void = { configuration in
                configuration.writeConnections = 1
                configuration.queueMax = 10
            }
            try await withDatabase(adjust) { database in
                #expect(try await database.waitUntilWhole())
                let gate = try await Gate(database)
                try await withThrowingTaskGroup(of: DatabaseError?.self) { group in
                    group.addTask { await failure { try await database.write(SQL.gate) } }
                    #expect(try await eventually { database.gauges.inFlight == 1 })
                    for _ in 0..<99 {
                        group.addTask { await failure { try await database.write(SQL.pause, [.int64(0)]) } }
                    }
                    for _ in 0..<89 {
                        let refusal = try #require(try await group.next() ?? nil)
                        #expect(refusal.reason == .queueFull)
                        #expect(refusal.outcome == .notApplied)
                        #expect(refusal.isUnavailable)
                    }
                    try gate.open()
                    for try await failure in group { #expect(failure == nil) }
                }
            }
        }

        @Test("A request that finds no connection in time is refused, and was not applied")
        func poolWait() async throws {
            let adjust: (inout DatabaseConfiguration) -> Void = { configuration in
                configuration.writeConnections = 1
                configuration.poolWait = .seconds(1)
            }
            try await withDatabase(adjust) { database in
                #expect(try await database.waitUntilWhole())
                let gate = try await Gate(database)
                async let slow = database.write(SQL.gate)
                #expect(try await eventually { database.gauges.inFlight == 1 })
                let refusal = await failure { try await database.write(SQL.echo, [.int64(1)]) }
                #expect(refusal?.reason == .poolTimeout)
                #expect(refusal?.outcome == .notApplied)
                try gate.open()
                _ = try await slow
            }
        }

        @Test("A key that is stuck holds two connections at most; other keys pass")
        func conflictKeys() async throws {
            try await withDatabase(setup: SQL.items) { database in
                try await database.write(SQL.insert, [.int64(1), .text("stuck")])
                let existing = try connect(try await connectionString(of: database))
                try existing.execute("begin; select from items where id = 1 for update")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 {
                        group.addTask { try await database.write(SQL.lock, conflictKey: 1, [.int64(1)]) }
                    }
                    #expect(try await eventually { database.gauges.inFlight == 2 && database.gauges.waiting == 18 })
                    for number in Int64(2)..<52 {
                        try await database.write(
                            SQL.insert, conflictKey: UInt64(number), [.int64(number), .text("\(number)")])
                    }
                    #expect(database.gauges.waiting == 18)
                    try existing.execute("rollback")
                    try await group.waitForAll()
                }
            }
        }

        @Test("The server's limits are in force: a lock is not waited for beyond its limit, nor a statement")
        func serverLimits() async throws {
            let adjust: (inout DatabaseConfiguration) -> Void = { configuration in
                configuration.statementTimeout = .milliseconds(200)
            }
            try await withDatabase(adjust) { database in
                let cancelled = await failure { try await database.write(SQL.pause, [.int64(5_000)]) }
                #expect(cancelled?.sqlState == "57014")
                #expect(cancelled?.outcome == .notApplied)
                let slowRead = await failure { try await database.read(SQL.pause, [.int64(5_000)]) }
                #expect(slowRead?.sqlState == "57014")
                #expect(database.gauges.connectionsLost == 0)
            }
        }

        @Test("Closing waits for the requests in flight, and rejects later requests")
        func closing() async throws {
            try await withDatabase { database in
                // While the pool closes, it opens no connection for a read that waits behind the gate.
                #expect(try await database.waitUntilWhole())
                let gate = try await Gate(database)
                async let write = database.write(SQL.gate)
                async let read = database.read(SQL.gate)
                #expect(try await eventually { database.gauges.inFlight == 2 })
                async let closed: Void = database.close(within: .seconds(30))
                #expect(
                    try await eventually {
                        let late = await failure { try await database.read(SQL.echo, [.int64(1)]) }
                        return late?.reason == .closing && late?.outcome == .notApplied
                    })
                try gate.open()
                _ = try await (write, read)
                await closed
                #expect(database.gauges.connectionsReady == 0)
                let after = await failure { try await database.write(SQL.echo, [.int64(1)]) }
                #expect(after?.reason == .closing)
            }
        }

        @Test(
            "When closing cannot wait any longer, everyone is answered, each with the right outcome"
        )
        func closingAtOnce() async throws {
            let adjust: (inout DatabaseConfiguration) -> Void = { configuration in
                configuration.writeConnections = 1
                configuration.statementTimeout = .seconds(600)
            }
            try await withDatabase(adjust) { database throws in
                async let write = failure { try await database.write(SQL.pause, [.int64(600_000)]) }
                async let read = failure { try await database.read(SQL.pause, [.int64(600_000)]) }
                #expect(try await eventually { database.gauges.inFlight == 2 })
                async let waiting = failure { try await database.write(SQL.pause, [.int64(1)]) }
                #expect(try await eventually { database.gauges.waiting == 1 })
                await database.close(within: .milliseconds(50))
                #expect(await write?.outcome == .unknown)
                #expect(await waiting?.outcome == .notApplied)
                #expect(await read?.outcome == .notApplied)
                #expect(await read?.reason == .closing)
                #expect(database.gauges.unknownOutcomes == 1)
            }
        }
    }
}
