import Synchronization

/// How long all that one request asks of the database may take together.
///
/// Each wait has a limit of its own; a request that waits for several, one after another, could add them up. Time
/// counts while at least one statement is waited for: what the request does meanwhile, such as reading a slow body, is
/// not the database's doing.
package final class TimeBudget: Sendable {
    private struct State {
        var left: Duration
        /// Statements that are waited for, and since when any is.
        var underWay = 0
        var start = ContinuousClock.now
    }

    @TaskLocal static var current: TimeBudget?

    private let state: Mutex<State>

    private init(_ limit: Duration) { state = Mutex(State(left: limit)) }

    /// Runs `body`; what it asks of any ``Database`` is answered within `limit`, all together.
    ///
    /// What cannot be is refused as ``DatabaseError/Reason/deadline``: with the outcome `notApplied` if it was not sent.
    package static func with<Result>(
        _ limit: Duration, _ body: () async throws -> Result
    ) async rethrows -> Result {
        try await $current.withValue(TimeBudget(limit), operation: body)
    }

    /// Begins to count for a statement.
    ///
    /// - Returns: when it must be answered.
    func begin() -> ContinuousClock.Instant {
        state.withLock { state in
            if state.underWay == 0 { state.start = .now }
            state.underWay += 1
            return state.start + state.left
        }
    }

    /// Says that a statement was answered.
    func end() {
        state.withLock { state in
            state.underWay -= 1
            if state.underWay == 0 { state.left -= state.start.duration(to: .now) }
        }
    }
}
