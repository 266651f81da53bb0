/// An open transaction, with exclusive use of one connection until it ends.
///
/// Use it for rare work only. Await nothing unrelated between two statements, because the transaction keeps its
/// connection and locks meanwhile. The pool ends it after ``DatabaseConfiguration/transactionTimeout``.
package final class Transaction: Sendable {
    private let pool: ConnectionPool
    /// The key of ``Database/write(_:conflictKey:_:)``. The transaction counts toward the key's limit until it ends.
    let conflictKey: UInt64?

    init(pool: ConnectionPool, conflictKey: UInt64?) {
        self.pool = pool
        self.conflictKey = conflictKey
    }

    /// Runs a statement.
    ///
    /// - Throws: ``DatabaseError``. After an error the transaction can only be rolled back, and every further statement
    ///   throws the same error. The outcome is always `notApplied`, because nothing takes effect before the commit.
    @discardableResult
    package func query(_ statement: Statement, _ parameters: [Value] = []) async throws(DatabaseError) -> Rows {
        try await pool.perform(statement, parameters, .step(self))
    }

    /// Looks up the row of a key as ``Database/lookUp(_:_:)`` does.
    ///
    /// The lookup sees the transaction's own changes.
    ///
    /// - Throws: as ``query(_:_:)``.
    package func lookUp(_ statement: Statement, _ key: [Value]) async throws(DatabaseError) -> Row? {
        let arrays = key.map { Value.array(of: $0.elementType ?? .text, [$0]) }
        return try await query(statement, arrays).first?.withoutPlace
    }

    /// Begins a transaction, runs `body` and commits, or rolls back after an error.
    ///
    /// - Throws: the first error: of `body`, of a statement whose error `body` ignored, or of the commit. A failed
    ///   rollback throws nothing, because closing the connection also rolls back.
    static func run<Result: Sendable>(
        on pool: ConnectionPool, conflictKey: UInt64?, _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        let transaction = Transaction(pool: pool, conflictKey: conflictKey)
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
