import Postgres
import TestSupport
import Testing

extension ServerTests {
    @Suite("Look-ups by key")
    struct LookUpTests {
        /// Items by id, and how many were looked up together.
        private let items = SQL.statement(
            """
            select q.place, i.label, cardinality($1::bigint[])
            from unnest($1::bigint[]) with ordinality as q (id, place)
            join items as i on i.id = q.id
            order by q.place desc
            """)
        private let quotients = SQL.statement(
            "select q.place, 100 / q.number from unnest($1::bigint[]) with ordinality as q (number, place)")

        /// One read connection, so that what is asked for at once gathers.
        private let oneReader: @Sendable (inout DatabaseConfiguration) -> Void = { configuration in
            configuration.readConnections = 1
            configuration.queueMax = 1_200
        }

        /// Lets `count` requests gather. They wait behind three groups of reads, the maximum per connection.
        private func gathering<Result: Sendable>(
            _ count: Int, on database: Database, _ requests: @escaping @Sendable () async throws -> Result
        ) async throws -> Result {
            let gate = try await Gate(database)
            #expect(try await database.waitUntilWhole())
            return try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...3 {
                    group.addTask { _ = try await database.read(SQL.gate) }
                    #expect(try await eventually { database.gauges.inFlight == number })
                }
                async let result = requests()
                #expect(try await eventually { database.gauges.waiting == count })
                try gate.open()
                return try await result
            }
        }

        @Test("A thousand at once go out together, 32 at most, and each gets its own row or none")
        func together() async throws {
            let setup = SQL.items + "insert into items select n, 'item ' || n from generate_series(1, 999, 2) as n"
            try await withDatabase(setup: setup, oneReader) { database in
                let sizes = try await gathering(1_000, on: database) {
                    try await withThrowingTaskGroup(of: Int32.self) { group in
                        for number in Int64(1)...1_000 {
                            group.addTask {
                                guard var columns = try await database.lookUp(items, [.int64(number)])?.reader() else {
                                    #expect(number % 2 == 0)
                                    return 0
                                }
                                #expect(try columns.next(String.self) == "item \(number)")
                                return try columns.next()
                            }
                        }
                        return try await group.reduce(into: []) { $0.append($1) }
                    }
                }
                #expect(sizes.count { $0 > 0 } == 500)
                #expect(sizes.max() == 32)
                #expect(database.gauges.resent == 0)
            }
        }

        @Test("One that fails fails alone; those that went out with it are answered")
        func failure() async throws {
            try await withDatabase(oneReader) { database in
                try await gathering(41, on: database) {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        for number in Int64(-20)...20 {
                            group.addTask { try await expectQuotient(of: number, database) }
                        }
                        try await group.waitForAll()
                    }
                }
                #expect(database.gauges.resent >= 2)
            }
        }

        private func expectQuotient(of number: Int64, _ database: Database) async throws {
            guard number != 0 else {
                let fault = await PostgresTests.failure { try await database.lookUp(quotients, [.int64(0)]) }
                #expect(fault?.sqlState == "22012")
                #expect(fault?.outcome == .notApplied)
                return
            }
            var columns = try await database.lookUp(quotients, [.int64(number)])?.reader()
            let quotient = try columns?.next(Int64.self)
            #expect(quotient == 100 / number)
        }

        @Test("They share a Sync with reads and with look-ups of other statements")
        func mixed() async throws {
            try await withDatabase(setup: SQL.items + "insert into items values (1, 'one')", oneReader) { database in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in Int64(1)...100 {
                        group.addTask {
                            var columns = try await database.lookUp(items, [.int64(1)])?.reader()
                            let label = try columns?.next(String.self)
                            #expect(label == "one")
                        }
                        group.addTask {
                            var columns = try await database.lookUp(quotients, [.int64(number)])?.reader()
                            let quotient = try columns?.next(Int64.self)
                            #expect(quotient == 100 / number)
                        }
                        group.addTask {
                            let echoed = try await database.first(Int64.self, SQL.echo, [.int64(number)])
                            #expect(echoed == number)
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }

        @Test("A statement that is planned anew because a table was changed answers all of them")
        func lostPlan() async throws {
            try await withDatabase(setup: SQL.items + "insert into items values (1, 'one')", oneReader) { database in
                _ = try await database.lookUp(items, [.int64(1)])
                try connect(try await connectionString(of: database)).execute(
                    "alter table items alter column label type varchar(80)")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<100 {
                        group.addTask {
                            var columns = try await database.lookUp(items, [.int64(1)])?.reader()
                            let label = try columns?.next(String.self)
                            #expect(label == "one")
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }

        @Test("A place that no key has is a fault of the statement, not somebody's row")
        func strayPlace() async throws {
            try await withDatabase { database in
                for place in [0, 2, Int64.max] {
                    let stray = SQL.statement("select \(place)::bigint, $1::bigint[]")
                    let fault = await PostgresTests.failure { try await database.lookUp(stray, [.int64(5)]) }
                    #expect(fault?.reason == .decoding)
                }
            }
        }

        @Test("In a transaction one sees what the transaction has done")
        func inTransaction() async throws {
            try await withDatabase(setup: SQL.items) { database in
                try await database.transaction { transaction in
                    let before = try await transaction.lookUp(items, [.int64(1)])
                    #expect(before.map { _ in true } == nil)
                    try await transaction.query(SQL.insert, [.int64(1), .text("one")])
                    var columns = try await transaction.lookUp(items, [.int64(1)])?.reader()
                    let label = try columns?.next(String.self)
                    #expect(label == "one")
                }
            }
        }
    }
}
