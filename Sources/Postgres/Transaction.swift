/// A transaction under way: a connection that nobody else uses until it ends.
///
/// Rare work only. Between two statements await nothing unrelated: the connection and its locks are held meanwhile,
/// and ``DatabaseConfiguration/transactionTimeout`` ends it.
package final class Transaction: Sendable {
    private let pool: ConnectionPool
    /// See ``Database/write(_:lane:_:)``; its place in the lane is held until the transaction ends.
    let lane: UInt64?

    init(pool: ConnectionPool, lane: UInt64?) {
        self.pool = pool
        self.lane = lane
    }

    /// Runs a statement.
    ///
    /// - Throws: ``DatabaseError``; afterwards the transaction can only be rolled back, and every further statement
    ///   throws the same. Its outcome is `notApplied` whatever happened, because nothing counts before the commit.
    @discardableResult
    package func query(_ statement: Statement, _ parameters: [Value] = []) async throws(DatabaseError) -> Rows {
        try await pool.perform(statement, parameters, .step(self))
    }

    /// Looks up the row of a key as ``Database/lookUp(_:_:)`` does, with what this transaction has done.
    ///
    /// - Throws: as ``query(_:_:)``.
    package func lookUp(_ statement: Statement, _ key: [Value]) async throws(DatabaseError) -> Row? {
        let arrays = key.map { Value.array(of: $0.elementType ?? .text, [$0]) }
        return try await query(statement, arrays).first?.withoutPlace
    }

    /// Begins, runs `body`, and commits, or rolls back if `body` throws or any statement failed.
    ///
    /// - Throws: the first error: what `body` threw, or the statement's that it swallowed, or the commit's. Never the
    ///   rollback's: if that fails the connection is closed, which rolls back as well.
    static func run<Result: Sendable>(
        on pool: ConnectionPool, lane: UInt64?, _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        let transaction = Transaction(pool: pool, lane: lane)
        _ = try await pool.perform(.begin, [], .begin(transaction))
        do {
            let result = try await body(transaction)
            _ = try await pool.perform(.commit, [], .end(transaction, commit: true))
            return result
        } catch {
            _ = try? await pool.perform(.rollback, [], .end(transaction, commit: false))
            throw error
        }
    }
}

extension Statement {
    fileprivate static let begin = Statement(name: "transaction_begin", text: "begin")
    fileprivate static let commit = Statement(name: "transaction_commit", text: "commit")
    fileprivate static let rollback = Statement(name: "transaction_rollback", text: "rollback")
}
