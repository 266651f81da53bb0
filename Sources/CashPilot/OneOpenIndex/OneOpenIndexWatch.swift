import Synchronization

/// Checks the one-open index every second, for the metrics and the log.
package final class OneOpenIndexWatch: Sendable {
    /// The time between two checks.
    static let interval: Duration = .seconds(1)
    /// The time between two log lines while the index is not valid.
    package static let reminder: Duration = .seconds(60)

    /// A change to log.
    package enum Event: Sendable, Equatable {
        case lost(OneOpenIndexState)
        case back
    }

    private struct Known {
        var state = OneOpenIndexState.enforced
        /// The time of the last `lost` event; `nil` while the index is valid.
        var told: ContinuousClock.Instant?
    }

    private let check: @Sendable () async throws -> OneOpenIndexState
    private let onEvent: @Sendable (Event) -> Void
    private let known = Mutex(Known())

    /// - Parameters:
    ///   - check: queries the database; must finish within its own timeouts.
    ///   - onEvent: called when the index is found invalid, when its state changes, every ``reminder`` while it stays
    ///     invalid, and when it is valid again.
    package init(
        check: @escaping @Sendable () async throws -> OneOpenIndexState, onEvent: @escaping @Sendable (Event) -> Void
    ) {
        self.check = check
        self.onEvent = onEvent
    }

    /// Whether the index was valid at the last successful check; true before the first check.
    package var stands: Bool { known.withLock { $0.state == .enforced } }

    /// Checks every ``interval`` until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            // A failed query says nothing about the index, so the last state is kept.
            if let state = try? await check() { note(state, at: .now) }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Records a state and reports an event if it is due.
    package func note(_ state: OneOpenIndexState, at now: ContinuousClock.Instant) {
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
