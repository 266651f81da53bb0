/// Histograms of the time from sending a statement to its result, by statement name.
///
/// Each send counts once, also if it failed or is a retry. A statement that another statement's error aborted does not
/// count. The time includes the wait for earlier statements on the same connection. It excludes the wait for a
/// connection and the commit. The number of names is the number of statements in the program.
package struct StatementDurations: Sendable {
    /// Upper bounds of the buckets in microseconds. The default statement timeout, 3 s, falls into the last bucket,
    /// which has no bound.
    package static let bounds: [Int64] = [
        250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    ]

    /// The durations of one statement.
    package struct Histogram: Sendable {
        package let name: String
        /// The count per bucket, not cumulative. The last bucket counts durations above all bounds.
        package fileprivate(set) var buckets = [Int](repeating: 0, count: StatementDurations.bounds.count + 1)
        /// The sum of all durations, in microseconds.
        package fileprivate(set) var sum: Int64 = 0
    }

    /// The histograms, ordered by first use.
    package private(set) var histograms: [Histogram] = []
    private var places: [String: Int] = [:]

    mutating func count(_ name: String, _ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let bucket = Self.bounds.firstIndex { microseconds <= $0 } ?? Self.bounds.count
        let place = places[name] ?? add(name)
        histograms[place].buckets[bucket] += 1
        histograms[place].sum += max(microseconds, 0)
    }

    private mutating func add(_ name: String) -> Int {
        places[name] = histograms.count
        histograms.append(Histogram(name: name))
        return histograms.count - 1
    }
}

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
