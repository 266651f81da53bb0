/// A look at the pool, for metrics and readiness.
package struct PoolGauges: Sendable, Hashable {
    /// Connections that can take a request or are working on one.
    package internal(set) var connectionsReady = 0
    /// Connections on which something is under way, or which a transaction holds.
    package internal(set) var connectionsBusy = 0
    /// Connections there should be.
    package internal(set) var connectionsTotal = 0
    /// Requests sent and not answered.
    package internal(set) var inFlight = 0
    /// Requests that wait for a connection.
    package internal(set) var waiting = 0
    /// Since the start: requests sent again, because a neighbour failed or the connection broke.
    package internal(set) var resent = 0
    /// Since the start: writes that were sent to share a commit with others.
    package internal(set) var writesGrouped = 0
    /// Since the start: writes of which nobody knows whether they took effect.
    package internal(set) var unknownOutcomes = 0
    /// Since the start: connections that were lost.
    package internal(set) var connectionsLost = 0
}
