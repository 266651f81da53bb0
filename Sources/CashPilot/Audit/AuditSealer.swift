import Synchronization

/// Seals audit events in the background, so that no request waits for a chain.
///
/// Several processes may run it; each business is sealed by one process at a time. An event without a seal stays queued
/// in the store when a process ends.
package final class AuditSealer: Sendable {
    /// The time between two rounds.
    package static let interval: Duration = .seconds(1)
    /// The maximum number of waiting events read in a round.
    package static let readMax = 10_000
    /// The maximum number of events sealed by one statement, and so in one commit.
    package static let batchMax = 500
    /// The maximum number of businesses in one statement.
    package static let businessesMax = 32
    /// The maximum number of failed statements in a round. One broken chain in a full group fails six of them.
    package static let failuresMax = 32

    private let store: any AuditChainStore
    private let eventLog: any EventLogStore
    private let waiting = Atomic(0)
    private let onFailure: @Sendable (any Error) -> Void
    private let onRecovery: @Sendable () -> Void

    /// - Parameters:
    ///   - eventLog: assigns each event its position before the event is sealed.
    ///   - onFailure: called when sealing starts to fail, and again when the cause changes between a broken chain and the
    ///     store.
    ///   - onRecovery: called when sealing works again and no event waits.
    package init(
        store: any AuditChainStore, eventLog: any EventLogStore, onFailure: @escaping @Sendable (any Error) -> Void,
        onRecovery: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.eventLog = eventLog
        self.onFailure = onFailure
        self.onRecovery = onRecovery
    }

    /// The number of events without a seal after the last round; at most ``readMax``.
    package var unsealed: Int { waiting.load(ordering: .relaxed) }

    /// Seals waiting events every ``interval`` until the task is cancelled.
    package func run() async {
        // Whether the last reported failure is transient; `nil` if none is reported.
        var reported: Bool?
        while !Task.isCancelled {
            do {
                try await sealWaiting()
                // The remaining events may belong to the broken chain, which another process is sealing.
                if reported != nil, unsealed == 0 {
                    onRecovery()
                    reported = nil
                }
            } catch {
                let isTransient = (error as? StoreError)?.isTransient ?? false
                if reported != isTransient { onFailure(error) }
                reported = isTransient
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Runs one round: assigns positions in the event log, then seals.
    ///
    /// - Throws: the error of a broken chain, after all other chains are sealed. Throws at once if the store is
    ///   unavailable or ``failuresMax`` statements have failed.
    package func sealWaiting() async throws {
        try await eventLog.placeWaiting(limit: Self.readMax)
        let businesses = try await store.unsealed(limit: Self.readMax)
        var round = Round(left: businesses.reduce(0) { $0 + $1.waiting })
        waiting.store(round.left, ordering: .relaxed)
        for start in stride(from: 0, to: businesses.count, by: Self.businessesMax) {
            try await seal(businesses[start...].prefix(Self.businessesMax), &round)
        }
        if let failure = round.failures.last { throw failure }
    }

    private struct Round {
        /// The number of events read in this round that still wait.
        var left: Int
        var failures: [StoreError] = []
    }

    /// Seals the waiting events of a group of businesses.
    ///
    /// A broken chain, which was tampered with, does not block the others: its group is halved until it is alone.
    private func seal(_ group: ArraySlice<(business: BusinessID, waiting: Int)>, _ round: inout Round) async throws {
        do {
            var left = group.reduce(0) { $0 + $1.waiting }
            while left > 0, !Task.isCancelled {
                let sealed = try await store.seal(group.map { $0.business }, limit: Self.batchMax)
                left -= sealed
                round.left -= sealed
                // `seal` also seals events that arrived after the read.
                waiting.store(max(0, round.left), ordering: .relaxed)
                if sealed < Self.batchMax { break }
            }
        } catch let failure as StoreError where !failure.isTransient {
            round.failures.append(failure)
            guard round.failures.count < Self.failuresMax else { throw failure }
            guard group.count > 1 else { return }
            try await seal(group.prefix(group.count / 2), &round)
            try await seal(group.dropFirst(group.count / 2), &round)
        }
    }
}
