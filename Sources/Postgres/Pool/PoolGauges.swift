/// A snapshot of the pool, for metrics and readiness.
package struct PoolGauges: Sendable, Hashable {
    /// Connections that are established, idle or busy.
    package internal(set) var connectionsReady = 0
    /// Connections with a group in flight or a transaction.
    package internal(set) var connectionsBusy = 0
    /// Configured connections.
    package internal(set) var connectionsTotal = 0
    /// Requests sent to PostgreSQL and not yet completed.
    package internal(set) var inFlight = 0
    /// Requests waiting for a connection.
    package internal(set) var waiting = 0
    /// Requests resent since the start.
    ///
    /// Another request in the group failed, or the connection broke.
    package internal(set) var resent = 0
    /// Writes sent in a group commit since the start.
    package internal(set) var writesGrouped = 0
    /// Commits with an unknown outcome since the start.
    package internal(set) var unknownOutcomes = 0
    /// Connections lost since the start.
    package internal(set) var connectionsLost = 0
}
