import CashPilot
import Synchronization

/// Checks readiness at most four times per second. Concurrent probes share the running check.
final class SharedReadiness: Sendable {
    private struct State {
        var isRunning = false
        /// The last result, and the time until which it is reused. `nil` is a database that did not respond.
        var last: (result: Readiness?, until: ContinuousClock.Instant)?
        var waiting: [CheckedContinuation<Readiness?, Never>] = []
    }

    private enum Step {
        case known(Readiness?), check, wait
    }

    /// The time from the start of a check until the next one.
    static let interval = Duration.milliseconds(250)

    private let check: @Sendable () async throws -> Readiness
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    init(
        _ check: @escaping @Sendable () async throws -> Readiness,
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.check = check
        self.now = now
    }

    /// The readiness; `nil` if the database does not respond.
    func current() async -> Readiness? {
        let begin = now()
        let step = state.withLock { state in
            if state.isRunning { return Step.wait }
            if let last = state.last, begin < last.until { return .known(last.result) }
            state.isRunning = true
            return .check
        }
        switch step {
        case .known(let result): return result
        case .wait: return await nextResult()
        case .check:
            let result = try? await check()
            let waiting = state.withLock { state in
                state.isRunning = false
                state.last = (result, begin + Self.interval)
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume(returning: result) }
            return result
        }
    }

    private func nextResult() async -> Readiness? {
        await withCheckedContinuation { continuation in
            let last = state.withLock { state -> Readiness?? in
                // The check may have ended in between.
                guard state.isRunning else { return .some(state.last?.result) }
                state.waiting.append(continuation)
                return nil
            }
            if let last { continuation.resume(returning: last) }
        }
    }
}
