import Synchronization

/// Seals audit events in the background, a moment after they were written, so that no request waits for a chain.
///
/// Any number of processes may do so: a business is sealed by one at a time. An event that nobody has sealed when a
/// process ends still waits in the store, for the next.
package final class AuditSealer: Sendable {
    /// Between two rounds.
    package static let interval: Duration = .seconds(1)
    /// How many waiting events a round looks at.
    package static let lookMax = 10_000
    /// How many are sealed in one statement, and so in one commit.
    package static let batchMax = 500
    /// Of how many businesses these may be.
    package static let businessesMax = 32

    private let store: any AuditChainStore
    private let feed: any FeedStore
    private let waiting = Atomic(0)
    private let onFault: @Sendable (any Error) -> Void
    private let onRecovery: @Sendable () -> Void

    /// - Parameters:
    ///   - feed: where an event has its place before it has its seal.
    ///   - onFault: called when sealing stops working, not again while it does not work.
    ///   - onRecovery: called when it works again.
    package init(
        store: any AuditChainStore, feed: any FeedStore, onFault: @escaping @Sendable (any Error) -> Void,
        onRecovery: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.feed = feed
        self.onFault = onFault
        self.onRecovery = onRecovery
    }

    /// How many events the last round left without a seal; at most ``lookMax``.
    package var unsealed: Int { waiting.load(ordering: .relaxed) }

    /// Seals what waits, every ``interval``, until the task is cancelled.
    package func run() async {
        var isFailing = false
        while !Task.isCancelled {
            do {
                try await sealWaiting()
                if isFailing { onRecovery() }
                isFailing = false
            } catch {
                if !isFailing { onFault(error) }
                isFailing = true
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// One round: what waits gets its place in the feed, then its seal.
    ///
    /// - Throws: the fault of a chain that cannot go on, once all others are sealed; any other at once.
    package func sealWaiting() async throws {
        try await feed.placeWaiting(limit: Self.lookMax)
        let businesses = try await store.unsealed(limit: Self.lookMax)
        waiting.store(businesses.reduce(0) { $0 + $1.waiting }, ordering: .relaxed)
        var broken: StoreFault?
        for start in stride(from: 0, to: businesses.count, by: Self.businessesMax) {
            broken = try await seal(businesses[start...].prefix(Self.businessesMax)) ?? broken
        }
        if let broken { throw broken }
    }

    /// Seals what waits of a group. A chain that cannot go on, because it was tampered with, holds up no other: its
    /// group is halved until it stands alone.
    ///
    /// - Returns: the fault of such a chain.
    private func seal(_ group: ArraySlice<(business: BusinessID, waiting: Int)>) async throws -> StoreFault? {
        do {
            var left = group.reduce(0) { $0 + $1.waiting }
            while left > 0, !Task.isCancelled {
                let sealed = try await store.seal(group.map { $0.business }, limit: Self.batchMax)
                waiting.subtract(min(sealed, left), ordering: .relaxed)
                left -= sealed
                if sealed < Self.batchMax { break }
            }
            return nil
        } catch let fault as StoreFault where !fault.isTransient {
            guard group.count > 1 else { return fault }
            let first = try await seal(group.prefix(group.count / 2))
            let second = try await seal(group.dropFirst(group.count / 2))
            return second ?? first
        }
    }
}
