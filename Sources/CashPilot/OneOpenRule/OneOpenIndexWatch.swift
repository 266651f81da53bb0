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

/// The state of the one-open index, the unique index that enforces the one-open rule.
package enum OneOpenIndexState: String, Sendable, CaseIterable {
    case enforced
    case missing
    /// A build failed or is in progress. The index enforces nothing, or not for every row.
    case invalid
    case notUnique = "not_unique"
    /// The index has the right name but the wrong columns or the wrong predicate.
    case wrongDefinition = "wrong_definition"
}

/// Whether the database allows the service to work.
package struct Readiness: Sendable, Equatable {
    package let isWritable: Bool
    /// True if the database has this program's migrations, or later ones.
    package let isSchemaCurrent: Bool
    /// True if the one-open index exists and is valid.
    package let isIndexValid: Bool

    package init(isWritable: Bool, isSchemaCurrent: Bool, isIndexValid: Bool) {
        self.isWritable = isWritable
        self.isSchemaCurrent = isSchemaCurrent
        self.isIndexValid = isIndexValid
    }
}
