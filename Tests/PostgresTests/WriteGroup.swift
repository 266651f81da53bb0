import Postgres
import Testing

/// Writes that are made to gather, so that they go together where commits are shared.
struct WriteGroup: Sendable {
    struct Write: Sendable {
        var statement: Statement
        var conflictKey: UInt64
        var parameters: [Value]
        /// How long its caller waits for the database.
        var budget = Duration.seconds(20)

        init(_ statement: Statement, conflictKey: UInt64, _ parameters: [Value]) {
            (self.statement, self.conflictKey, self.parameters) = (statement, conflictKey, parameters)
        }
    }

    var writes: [Write]

    /// One insert for each number, which is its conflict key.
    static func inserts(_ numbers: ClosedRange<Int64>) -> WriteGroup {
        WriteGroup(
            writes: numbers.map { Write(SQL.insert, conflictKey: UInt64($0), [.int64($0), .text("item \($0)")]) })
    }

    /// One group connection. A statement of a group may take 10 s, which is a 32nd of the limit for others.
    static func adjust(
        _ adjust: @escaping @Sendable (inout DatabaseConfiguration) -> Void = { _ in }
    ) -> @Sendable (inout DatabaseConfiguration) -> Void {
        { configuration in
            configuration.groupConnections = 1
            configuration.statementTimeout = .seconds(320)
            adjust(&configuration)
        }
    }

    /// Makes them all in one group, which gathers while another write is in flight.
    ///
    /// - Parameters:
    ///   - stuck: the number of other statements that are in flight or wait. They do not end before all have gathered.
    ///   - meanwhile: called when all have gathered.
    /// - Returns: the failure of each.
    func make(
        on database: Database, besides stuck: Int = 0, _ meanwhile: () -> Void = {}
    ) async throws -> [DatabaseError?] {
        // The gauges are told after the answers: without waiting, what was just answered might still be counted.
        func areAsked(_ count: Int) async throws -> Bool {
            try await eventually { database.gauges.inFlight + database.gauges.waiting == count }
        }
        #expect(try await eventually { database.isConnected })
        let gate = try await Gate(database)
        #expect(try await areAsked(stuck))
        async let holder = failure { try await database.write(SQL.gate, conflictKey: .max) }
        #expect(try await areAsked(stuck + 1))
        async let failures = made(on: database)
        #expect(try await areAsked(stuck + 1 + writes.count))
        meanwhile()
        try gate.open()
        _ = await holder
        return try await failures
    }

    /// Makes them all at once.
    func made(on database: Database) async throws -> [DatabaseError?] {
        try await withThrowingTaskGroup(of: (Int, DatabaseError?).self) { tasks in
            for (place, write) in writes.enumerated() {
                tasks.addTask {
                    let outcome = await RequestDeadline.with(write.budget) {
                        await failure {
                            try await database.write(write.statement, conflictKey: write.conflictKey, write.parameters)
                        }
                    }
                    return (place, outcome)
                }
            }
            return try await tasks.reduce(into: Array(repeating: nil, count: writes.count)) { $0[$1.0] = $1.1 }
        }
    }
}

extension Database {
    /// How many transactions have written the rows in `items`.
    func transactions() async throws -> Int64 {
        try await first(Int64.self, SQL.statement("select count(distinct xmin::text) from items"))
    }
}
