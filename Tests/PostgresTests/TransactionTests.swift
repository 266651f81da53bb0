import Postgres
import Testing

extension ServerTests {
    @Suite("Transactions")
    struct TransactionTests {
        private struct Regret: Error {}

        @Test("What a transaction did is there after it ends, and not before")
        func commit() async throws {
            try await withDatabase(setup: SQL.items) { database in
                let ids = try await database.transaction { transaction in
                    try await transaction.query(SQL.insert, [.int64(1), .text("one")])
                    try await transaction.query(SQL.insert, [.int64(2), .text("two")])
                    let outside = try await database.count()
                    #expect(outside == 0)
                    return [1, 2]
                }
                #expect(ids == [1, 2])
                let count = try await database.count()
                #expect(count == 2)
            }
        }

        @Test("A body that throws leaves nothing behind, and its error is the one that is seen")
        func rollback() async throws {
            try await withDatabase(setup: SQL.items) { database in
                await #expect(throws: Regret.self) {
                    try await database.transaction { transaction in
                        try await transaction.query(SQL.insert, [.int64(1), .text("one")])
                        throw Regret()
                    }
                }
                let count = try await database.count()
                #expect(count == 0)
            }
        }

        @Test(
            "Blocked transactions of one conflict key leave connections to other keys, and then free the key",
            arguments: [true, false])
        func conflictKeys(lockIsKept: Bool) async throws {
            let stuck = SQL.statement("select pg_advisory_xact_lock(1)")
            let adjust: (inout DatabaseConfiguration) -> Void = { configuration in
                if lockIsKept { configuration.lockTimeout = .seconds(1) }
            }
            try await withDatabase(setup: SQL.items, adjust) { database in
                let existing = try connect(try await connectionString(of: database))
                try existing.execute("select pg_advisory_lock(1)")
                try await withThrowingTaskGroup(of: DatabaseError?.self) { group in
                    for _ in 0..<6 {
                        group.addTask {
                            await failure {
                                try await database.transaction(conflictKey: 7) { _ = try await $0.query(stuck) }
                            }
                        }
                    }
                    try await database.transaction(conflictKey: 8) {
                        _ = try await $0.query(SQL.insert, [.int64(1), .text("one")])
                    }
                    if !lockIsKept { try existing.execute("select pg_advisory_unlock(1)") }
                    for try await failure in group { #expect((failure == nil) != lockIsKept) }
                }
                try existing.execute("select pg_advisory_unlock_all()")
                try await database.transaction(conflictKey: 7) { _ = try await $0.query(stuck) }
                let count = try await database.count()
                #expect(count == 1)
            }
        }

        @Test(
            "The first error decides: a body that swallows it cannot commit, and sees it again"
        )
        func firstError() async throws {
            try await withDatabase(setup: SQL.items) { database in
                let failed = await failure {
                    try await database.transaction { transaction in
                        try await transaction.query(SQL.insert, [.int64(1), .text("one")])
                        let first = await failure { try await transaction.query(SQL.divide, [.int64(0)]) }
                        let second = await failure {
                            try await transaction.query(SQL.insert, [.int64(2), .text("two")])
                        }
                        #expect(first?.sqlState == "22012")
                        #expect(second == first)
                    }
                }
                #expect(failed?.sqlState == "22012")
                #expect(failed?.outcome == .notApplied)
                let count = try await database.count()
                #expect(count == 0)
                #expect(database.gauges.connectionsLost == 0)
            }
        }

        @Test("What fails at the commit is thrown by the transaction")
        func failedCommit() async throws {
            let setup = "create table t (id bigint constraint t_id unique deferrable initially deferred)"
            try await withDatabase(setup: setup) { database in
                let insert = SQL.statement("insert into t values ($1::bigint)")
                let refusal = await failure {
                    try await database.transaction { transaction in
                        try await transaction.query(insert, [.int64(1)])
                        try await transaction.query(insert, [.int64(1)])
                    }
                }
                #expect(refusal?.violates("t_id") == true)
                let rows = try await database.read(SQL.statement("select id from t"))
                #expect(rows.isEmpty)
            }
        }

        @Test("More transactions than connections all have their turn")
        func many() async throws {
            try await withDatabase(setup: SQL.items) { database in
                await withThrowingTaskGroup(of: Void.self) { group in
                    for number in Int64(0)..<60 {
                        group.addTask {
                            try await database.transaction { transaction in
                                try await transaction.query(SQL.insert, [.int64(number), .text("\(number)")])
                                if number % 3 == 0 { try await transaction.query(SQL.divide, [.int64(0)]) }
                            }
                        }
                        group.addTask {
                            try await database.write(SQL.insert, [.int64(1_000 + number), .text("w\(number)")])
                        }
                    }
                    while let result = await group.nextResult() {
                        if case .failure(let error) = result { #expect((error as? DatabaseError)?.sqlState == "22012") }
                    }
                }
                let count = try await database.count()
                #expect(count == 100)
                #expect(try await database.waitUntilWhole())
            }
        }

        @Test("A transaction that takes too long loses its connection, and nothing of it remains")
        func overlong() async throws {
            let adjust: (inout DatabaseConfiguration) -> Void = { configuration in
                configuration.transactionTimeout = .milliseconds(300)
                configuration.writeConnections = 1
            }
            try await withDatabase(setup: SQL.items, adjust) { database in
                let overdue = await failure {
                    try await database.transaction { transaction in
                        try await transaction.query(SQL.insert, [.int64(1), .text("one")])
                        try await Task.sleep(for: .milliseconds(600))
                        try await transaction.query(SQL.insert, [.int64(2), .text("two")])
                    }
                }
                #expect(overdue?.isUnavailable == true)
                #expect(overdue?.outcome == .notApplied)
                try await database.write(SQL.insert, [.int64(3), .text("three")])
                let count = try await database.count()
                #expect(count == 1)
            }
        }

        @Test("A transaction cannot be used after its end")
        func afterwards() async throws {
            try await withDatabase { database in
                let transaction = try await database.transaction { $0 }
                let refusal = await failure { try await transaction.query(SQL.echo, [.int64(1)]) }
                #expect(refusal?.reason == .closing)
            }
        }

        @Test("A connection that a statement leaves in a transaction is not given to the next")
        func strayBegin() async throws {
            try await withDatabase { database in
                try await database.write(SQL.statement("begin"))
                #expect(try await eventually { database.gauges.connectionsLost == 1 })
                #expect(try await database.waitUntilWhole())
            }
        }
    }
}
