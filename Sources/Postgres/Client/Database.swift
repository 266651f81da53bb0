import Logging

/// A PostgreSQL database: runs statements and returns rows, with a limit on every wait.
///
/// Cancelling a task does not cancel its statement. The response arrives within the request deadline anyway, and a
/// cancelled write would have an unknown outcome.
package final class Database: Sendable {
    private let pool: ConnectionPool

    /// Starts to connect. Requests wait for a connection. ``close(within:)`` must end it.
    ///
    /// - Throws: ``ConnectionString/Fault`` if the connection string is invalid.
    package init(
        _ configuration: DatabaseConfiguration, reactor: Reactor, logger: Logger
    ) throws(ConnectionString.Fault) {
        pool = ConnectionPool(
            configuration, try ConnectionString(configuration.connectionString), reactor: reactor, logger: logger)
        reactor.attach(pool)
    }

    /// Runs a read-only statement, possibly more than once. The server rejects writes in it.
    ///
    /// - Parameter isAnonymous: whether it serves a client without a verified identity. Such statements wait in their
    ///   own queue, and use a small part of the connections. So a flood of them does not delay other statements.
    package func read(
        _ statement: Statement, _ parameters: [Value] = [], isAnonymous: Bool = false
    ) async throws(DatabaseError) -> Rows {
        try await pool.perform(statement, parameters, .read, isAnonymous: isAnonymous)
    }

    /// Runs a read-only statement that may read many rows, possibly more than once.
    ///
    /// It uses separate connections, so that a till's requests do not wait behind it.
    package func list(_ statement: Statement, _ parameters: [Value] = []) async throws(DatabaseError) -> Rows {
        try await pool.perform(statement, parameters, .list)
    }

    /// Looks up the row of a key with a read-only statement.
    ///
    /// The pool combines lookups of one statement into a batched read. Most of a small statement's cost is fixed. So
    /// each parameter of `statement` is an array with one element per key. The first result column is the row's
    /// position in these arrays, a `bigint` from 1.
    ///
    /// - Parameter key: one element per array; neither null nor an array.
    /// - Returns: the row without its first column; `nil` if no row has the key's position.
    package func lookUp(_ statement: Statement, _ key: [Value]) async throws(DatabaseError) -> Row? {
        try await pool.perform(statement, key, .lookup).first
    }

    /// Runs a statement as a transaction and returns after its commit.
    ///
    /// A statement with a conflict key must be short, because it may join a group commit. It then runs in one
    /// transaction with statements of other conflict keys, before or after them. `now()` is the start time of that
    /// transaction.
    ///
    /// - Parameter conflictKey: a hash of the locks that the statement may wait for. At most two exclusive writes of
    ///   one key and one write in a group commit run at a time. So other requests do not wait behind a blocked key.
    /// - Parameter isAnonymous: as for ``read(_:_:isAnonymous:)``, for a statement without a conflict key.
    /// - Throws: ``DatabaseError``; check its outcome before a retry.
    @discardableResult
    package func write(
        _ statement: Statement, conflictKey: UInt64? = nil, _ parameters: [Value] = [], isAnonymous: Bool = false
    ) async throws(DatabaseError) -> Rows {
        try await pool.perform(
            statement, parameters, .write(conflictKey: conflictKey), isAnonymous: isAnonymous)
    }

    /// Runs `body` in a transaction; see ``Transaction``.
    ///
    /// - Parameter conflictKey: as for ``write(_:conflictKey:_:)``.
    package func transaction<Result: Sendable>(
        conflictKey: UInt64? = nil, _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        try await Transaction.run(on: pool, conflictKey: conflictKey, body)
    }

    /// Rejects new requests, waits for accepted ones, then closes every connection.
    ///
    /// - Parameter limit: the longest wait. Requests that remain then fail.
    package func close(within limit: Duration) async { await pool.close(within: limit) }

    package var gauges: PoolGauges { pool.gauges }

    /// The durations of statements since the start.
    package var statementDurations: StatementDurations { get async { await pool.statementDurations } }
}

/// One SQL statement and its prepared-statement name.
///
/// A connection prepares a statement on first use. Two statements with the same name must have the same text.
package struct Statement: Sendable, Hashable {
    /// A unique name of at most 63 bytes. Logs and errors show only the name of a statement.
    package let name: String
    /// The SQL of one statement, with parameters `$1`, `$2`. The server infers each parameter's type, which ``Value``
    /// must match. So write `$1::uuid`, and `$1::text::jsonb` for JSON.
    package let text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}
