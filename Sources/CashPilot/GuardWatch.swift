import Synchronization

/// Looks after the guard: whether it stands, for the metrics, and when it fell or is back, for the log.
package final class GuardWatch: Sendable {
    /// Between two looks.
    static let interval: Duration = .seconds(1)
    /// While it is lost, this is said again so often.
    package static let reminder: Duration = .seconds(60)

    /// What is worth a line in the log.
    package enum Event: Sendable, Equatable {
        case lost(GuardState)
        case back
    }

    private struct Known {
        var state = GuardState.enforced
        /// When it was last told that the guard is lost.
        var told: ContinuousClock.Instant?
    }

    private let check: @Sendable () async throws -> GuardState
    private let onEvent: @Sendable (Event) -> Void
    private let known = Mutex(Known())

    /// - Parameters:
    ///   - check: asks the database; ends within its own time limits.
    ///   - onEvent: called when the guard is found lost, again while it stays so, and when it is back.
    package init(
        check: @escaping @Sendable () async throws -> GuardState, onEvent: @escaping @Sendable (Event) -> Void
    ) {
        self.check = check
        self.onEvent = onEvent
    }

    /// Whether the guard stood when the database last said so; true until it first does.
    package var stands: Bool { known.withLock { $0.state == .enforced } }

    /// Looks every ``interval`` until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            // A database that does not answer says nothing about the guard.
            if let state = try? await check() { note(state, at: .now) }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Takes in what the database said, and tells what is worth telling.
    package func note(_ state: GuardState, at now: ContinuousClock.Instant) {
        let event: Event? = known.withLock { known in
            defer { known.state = state }
            guard state != .enforced else {
                defer { known.told = nil }
                return known.told == nil ? nil : .back
            }
            if state == known.state, let told = known.told, now < told + Self.reminder { return nil }
            known.told = now
            return .lost(state)
        }
        if let event { onEvent(event) }
    }
}
