import Synchronization

/// Counts the open sessions now and then, for the metrics. Every process does so and finds the same.
package final class SessionCountWatch: Sendable {
    /// Between two counts.
    static let interval: Duration = .seconds(15)
    /// After so long without an answer of the database, the last one is told no more.
    static let memory: Duration = .seconds(60)

    private let count: @Sendable () async throws -> SessionCounts
    private let last = Mutex<(counts: SessionCounts, until: ContinuousClock.Instant)?>(nil)

    /// - Parameter count: asks the database; ends within its own time limits.
    package init(count: @escaping @Sendable () async throws -> SessionCounts) { self.count = count }

    /// What was counted last; `nil` if that is too old to be told, or the first time is still to come.
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
