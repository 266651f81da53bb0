import Postgres
import Synchronization

/// Runs SQL directly on the database, on a connection that is reused.
///
/// A new connection costs PostgreSQL a process, which takes ten times as long as a short statement. Several threads may
/// use it; while the cached connection is in use, other threads get a new one.
package final class CachedConnection: Sendable {
    /// A connection that no thread uses.
    private struct Idle: @unchecked Sendable {
        let connection: BlockingConnection
    }

    private let connectionString: String
    private let cached = Mutex<Idle?>(nil)

    package init(_ connectionString: String) { self.connectionString = connectionString }

    /// Runs `body` with a connection that has no open transaction and no settings of an earlier use.
    package func use<Result>(_ body: (BlockingConnection) throws -> Result) throws -> Result {
        let connection = try takeCached() ?? .patient(connectionString)
        let result = try body(connection)
        if (try? connection.execute("discard all")) != nil {
            let idle = Idle(connection: connection)
            cached.withLock { $0 = idle }
        }
        return result
    }

    /// `nil` if none is idle, or if the server has terminated it.
    private func takeCached() -> BlockingConnection? {
        let idle = cached.withLock { cached in
            defer { cached = nil }
            return cached
        }
        guard let connection = idle?.connection, (try? connection.execute("")) != nil else { return nil }
        return connection
    }
}
