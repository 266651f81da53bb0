import Synchronization

/// Counts the open and the uncounted sessions for the metrics, and reads the size of the database.
///
/// Every process counts, with the same result.
package final class SessionCountWatch: Sendable {
    /// The time between two counts.
    static let interval: Duration = .seconds(15)
    /// The lifetime of a count: 60 s after it, ``counts`` is `nil`.
    static let memory: Duration = .seconds(60)

    private let count: @Sendable () async throws -> SessionCounts
    private let last = Mutex<(counts: SessionCounts, until: ContinuousClock.Instant)?>(nil)

    /// - Parameter count: queries the database; must finish within its own timeouts.
    package init(count: @escaping @Sendable () async throws -> SessionCounts) { self.count = count }

    /// The last count; `nil` before the first count and 60 s after the last one.
    package var counts: SessionCounts? { counts(at: .now) }

    func counts(at now: ContinuousClock.Instant) -> SessionCounts? {
        last.withLock { last in last.flatMap { now < $0.until ? $0.counts : nil } }
    }

    /// Counts every ``interval`` until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            await look(at: .now)
            try? await Task.sleep(for: Self.interval)
        }
    }

    func look(at now: ContinuousClock.Instant) async {
        guard let counts = try? await count() else { return }
        last.withLock { $0 = (counts, now + Self.memory) }
    }
}

/// The number of unfinished sessions in all businesses, and the size of the database.
package struct SessionCounts: Sendable, Hashable {
    package let open: Int
    /// The sessions among them that are open longer than their business allows.
    package let stale: Int
    /// The sessions that ended without a count.
    package let uncounted: Int
    /// The sessions among them that opened longer ago than their business allows.
    package let overdue: Int
    /// The size of the whole database, with indexes.
    package let databaseBytes: Int

    package init(open: Int, stale: Int, uncounted: Int = 0, overdue: Int = 0, databaseBytes: Int = 0) {
        self.open = open
        self.stale = stale
        self.uncounted = uncounted
        self.overdue = overdue
        self.databaseBytes = databaseBytes
    }
}
