import Synchronization

/// The limit on the total database time of one request.
///
/// Each wait also has its own limit, but a request may have several successive waits. Time counts only while the
/// request waits for at least one statement. Other work of the request, such as reading a slow body, does not count.
package final class RequestDeadline: Sendable {
    private struct State {
        var left: Duration
        /// The number of statements that the request waits for. `start` is the time at which it became 1.
        var inFlight = 0
        var start = ContinuousClock.now
    }

    @TaskLocal static var current: RequestDeadline?

    private let state: Mutex<State>

    private init(_ limit: Duration) { state = Mutex(State(left: limit)) }

    /// Runs `body` and limits the total time of its statements on any ``Database`` to `limit`.
    ///
    /// A statement past the limit fails with ``DatabaseError/Reason/deadline``. Its outcome is `notApplied` if it was
    /// not sent.
    package static func with<Result>(_ limit: Duration, _ body: () async throws -> Result) async rethrows -> Result {
        try await $current.withValue(RequestDeadline(limit), operation: body)
    }

    /// Records that a statement started.
    ///
    /// - Returns: the statement's deadline.
    func begin() -> ContinuousClock.Instant {
        state.withLock { state in
            if state.inFlight == 0 { state.start = .now }
            state.inFlight += 1
            return state.start + state.left
        }
    }

    /// Records that a statement completed or failed.
    func end() {
        state.withLock { state in
            state.inFlight -= 1
            if state.inFlight == 0 { state.left -= state.start.duration(to: .now) }
        }
    }
}
