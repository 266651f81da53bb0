import Logging
import Postgres
import TestSupport
import Testing

extension ServerTests {
    @Suite("A locked table")
    struct LockedTableTests {
        private static let setup = SQL.items + "create table others (id bigint); insert into others values (1);"
        /// Several statements of the locked table, and two of another.
        private static let ofItems = [
            SQL.count, SQL.statement("select id from items where id = $1::bigint"),
            SQL.statement("select label from items where id = $1::bigint"),
        ]
        private static let ofOthers = [
            SQL.statement("select count(*) from others"), SQL.statement("select id from others"),
        ]

        private struct Answer {
            let isOfItems: Bool
            let failure: DatabaseError?
        }

        /// Asks again and again until `end`.
        private static func ask(
            _ database: Database, _ statement: Statement, isOfItems: Bool, until end: ContinuousClock.Instant
        ) async throws -> [Answer] {
            var answers: [Answer] = []
            while .now < end {
                let parameters: [Value] = statement.text.contains("$1") ? [.int64(1)] : []
                let failure = await failure { try await database.read(statement, parameters) }
                answers.append(Answer(isOfItems: isOfItems, failure: failure))
                if !isOfItems { try await Task.sleep(for: .milliseconds(5)) }
            }
            return answers
        }

        @Test("Its reads are refused before any limit of the driver's strikes, and those of other tables are served")
        func reads() async throws {
            let adjust: (inout DatabaseConfiguration) -> Void = { configuration in
                configuration.readLockTimeout = .milliseconds(300)
                configuration.statementTimeout = .seconds(10)
            }
            try await withDatabase(setup: Self.setup, adjust) { database in
                let existing = try connect(try await connectionString(of: database))
                #expect(try await database.waitUntilWhole())
                try existing.execute("begin; lock table items in access exclusive mode")
                let end = ContinuousClock.now + .seconds(3)
                let answers = try await withThrowingTaskGroup(of: [Answer].self) { group in
                    for number in 0..<10 {
                        let statement = Self.ofItems[number % Self.ofItems.count]
                        group.addTask { try await Self.ask(database, statement, isOfItems: true, until: end) }
                    }
                    for number in 0..<6 {
                        let statement = Self.ofOthers[number % Self.ofOthers.count]
                        group.addTask { try await Self.ask(database, statement, isOfItems: false, until: end) }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                let (ofItems, ofOthers) = (answers.filter(\.isOfItems), answers.filter { !$0.isOfItems })
                #expect(ofItems.allSatisfy { $0.failure?.isUnavailable == true && $0.failure?.outcome == .notApplied })
                #expect(!ofItems.contains { $0.failure?.reason == .deadline })
                #expect(ofOthers.compactMap(\.failure) == [])
                #expect(database.gauges.connectionsLost == 0)
                try existing.execute("rollback")
                _ = try await database.count()
                #expect(database.gauges.waiting == 0)
            }
        }
    }
}
