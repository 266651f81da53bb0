import Synchronization

/// An open transaction, with exclusive use of one connection until it ends.
///
/// Use it for rare work only. Await nothing unrelated between two statements, because the transaction keeps its
/// connection and locks meanwhile. The pool ends it after ``DatabaseConfiguration/transactionTimeout``.
package final class Transaction: Sendable {
    /// The pool's record of a transaction.
    struct Identity: Hashable, Sendable {
        /// Unique in the process. The address of the transaction would be reused.
        let id: UInt64
        /// The key of ``Database/write(_:conflictKey:_:)``. The transaction counts toward the key's limit until it
        /// ends.
        let conflictKey: UInt64?
    }

    private static let begun = Atomic<UInt64>(0)

    private let pool: ConnectionPool
    private let identity: Identity

    init(pool: ConnectionPool, conflictKey: UInt64?) {
        self.pool = pool
        identity = Identity(id: Self.begun.add(1, ordering: .relaxed).newValue, conflictKey: conflictKey)
    }

    /// Runs a statement.
    ///
    /// - Throws: ``DatabaseError``. After an error the transaction can only be rolled back, and every further statement
    ///   throws the same error. The outcome is always `notApplied`, because nothing takes effect before the commit.
    @discardableResult
    package func query(_ statement: Statement, _ parameters: [Value] = []) async throws(DatabaseError) -> Rows {
        try await pool.perform(statement, parameters, .step(identity))
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
        _ = try await pool.perform(.begin, [], .begin(transaction.identity))
        do {
            let result = try await body(transaction)
            _ = try await pool.perform(.commit, [], .end(transaction.identity, commit: true))
            return result
        } catch {
            _ = try? await pool.perform(.rollback, [], .end(transaction.identity, commit: false))
            throw error
        }
    }
}

extension Statement {
    fileprivate static let begin = Statement(name: "transaction_begin", text: "begin")
    fileprivate static let commit = Statement(name: "transaction_commit", text: "commit")
    fileprivate static let rollback = Statement(name: "transaction_rollback", text: "rollback")
}
