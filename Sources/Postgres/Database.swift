import Logging

/// The database as its users see it: statements in, rows out, every wait limited.
///
/// Cancelling a task does not cancel its statement: the answer is near, and a write that was cut off would have an
/// unknown outcome.
package final class Database: Sendable {
    private let pool: ConnectionPool

    /// Starts to connect; requests wait until that is done. ``close(within:)`` must end it.
    ///
    /// - Throws: ``ConnectionString/Fault`` if the connection string cannot be read.
    package init(
        _ configuration: DatabaseConfiguration, reactor: Reactor, logger: Logger
    ) throws(ConnectionString.Fault) {
        pool = ConnectionPool(
            configuration, try ConnectionString(configuration.connectionString), reactor: reactor, logger: logger)
        reactor.attach(pool)
    }

    /// Runs a statement that changes nothing, which the server holds it to. It may be run twice.
    package func read(
        _ statement: Statement, _ parameters: [Value] = []
    ) async throws(DatabaseError) -> Rows {
        try await pool.perform(statement, parameters, .read)
    }

    /// Runs a statement that changes nothing and may look at many rows. It has connections of its own, so that what tills
    /// ask does not wait behind it. It may be run twice.
    package func list(
        _ statement: Statement, _ parameters: [Value] = []
    ) async throws(DatabaseError) -> Rows {
        try await pool.perform(statement, parameters, .list)
    }

    /// Looks up the row of a key with a statement that changes nothing.
    ///
    /// Look-ups that gather while others are under way go out as one statement, for most of what a small statement costs
    /// the server is its beginning and its end. So each parameter of `statement` is an array, with an element for each
    /// key, and the first column that it answers is the place of the row's key in them, a `bigint` that counts from 1.
    ///
    /// - Parameter key: an element for each of the arrays; none is null, nor an array itself.
    /// - Returns: the row from the second column on; `nil` if there is none with that place.
    package func lookUp(_ statement: Statement, _ key: [Value]) async throws(DatabaseError) -> Row? {
        try await pool.perform(statement, key, .lookup).first
    }

    /// Runs a statement as a transaction of its own, and answers after its commit.
    ///
    /// A statement with a lane is short, and may share the commit: it is then run in one transaction with statements of
    /// other lanes, before or after them. `now()` is the time at which the first of them began.
    ///
    /// - Parameter lane: a hash of what the statement may have to wait for. Only two of a lane run at a time, and one
    ///   more that shares its commit, so others do not wait behind a key that is stuck.
    /// - Throws: ``DatabaseError``; see its outcome before trying again.
    @discardableResult
    package func write(
        _ statement: Statement, lane: UInt64? = nil, _ parameters: [Value] = []
    ) async throws(DatabaseError) -> Rows {
        try await pool.perform(statement, parameters, .write(lane: lane))
    }

    /// Runs `body` in a transaction; see ``Transaction``.
    ///
    /// - Parameter lane: as for ``write(_:lane:_:)``.
    package func transaction<Result: Sendable>(
        lane: UInt64? = nil, _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        try await Transaction.run(on: pool, lane: lane, body)
    }

    /// Refuses new requests, waits for those under way, then closes every connection.
    ///
    /// - Parameter limit: how long to wait. What is left then is answered as lost.
    package func close(within limit: Duration) async { await pool.close(within: limit) }

    package var gauges: PoolGauges { pool.gauges }

    /// How long statements took since the start.
    package var statementDurations: StatementDurations { get async { await pool.statementDurations } }
}
