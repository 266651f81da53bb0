import Postgres
import Synchronization

/// Runs SQL behind the service's back on a connection that is kept for the next time: for each connection PostgreSQL
/// starts a process and ends it, which takes ten times as long as a short statement.
///
/// May be used from several threads; while the connection is in use, others get one of their own.
package final class KeptConnection: Sendable {
    /// A connection that no thread uses.
    private struct Idle: @unchecked Sendable {
        let connection: BlockingConnection
    }

    private let connectionString: String
    private let kept = Mutex<Idle?>(nil)

    package init(_ connectionString: String) { self.connectionString = connectionString }

    /// Runs `body` with a connection that has no open transaction and no settings of an earlier use.
    package func use<Result>(_ body: (BlockingConnection) throws -> Result) throws -> Result {
        let connection = try takeKept() ?? .patient(connectionString)
        let result = try body(connection)
        if (try? connection.execute("discard all")) != nil {
            let idle = Idle(connection: connection)
            kept.withLock { $0 = idle }
        }
        return result
    }

    /// `nil` if there is none, or if the server has ended it.
    private func takeKept() -> BlockingConnection? {
        let idle = kept.withLock { kept in
            defer { kept = nil }
            return kept
        }
        guard let connection = idle?.connection, (try? connection.execute("")) != nil else { return nil }
        return connection
    }
}
