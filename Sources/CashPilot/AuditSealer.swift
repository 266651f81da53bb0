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
    /// Statements that may fail in a round. One chain that cannot go on makes six of a full group fail.
    package static let faultsMax = 32

    private let store: any AuditChainStore
    private let feed: any FeedStore
    private let waiting = Atomic(0)
    private let onFault: @Sendable (any Error) -> Void
    private let onRecovery: @Sendable () -> Void

    /// - Parameters:
    ///   - feed: where an event has its place before it has its seal.
    ///   - onFault: called when sealing stops working, and again if it was a chain and is the store, or the other way
    ///     around.
    ///   - onRecovery: called when it works again, and nothing is left.
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
        // Whether the fault that was told passes with time.
        var told: Bool?
        while !Task.isCancelled {
            do {
                try await sealWaiting()
                // What is left may be the chain that cannot go on, while another process is at it.
                if told != nil, unsealed == 0 {
                    onRecovery()
                    told = nil
                }
            } catch {
                let isTransient = (error as? StoreFault)?.isTransient ?? false
                if told != isTransient { onFault(error) }
                told = isTransient
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// One round: what waits gets its place in the feed, then its seal.
    ///
    /// - Throws: the fault of a chain that cannot go on, once all others are sealed. At once, if the store is away or
    ///   ``faultsMax`` statements have failed.
    package func sealWaiting() async throws {
        try await feed.placeWaiting(limit: Self.lookMax)
        let businesses = try await store.unsealed(limit: Self.lookMax)
        var round = Round(left: businesses.reduce(0) { $0 + $1.waiting })
        waiting.store(round.left, ordering: .relaxed)
        for start in stride(from: 0, to: businesses.count, by: Self.businessesMax) {
            try await seal(businesses[start...].prefix(Self.businessesMax), &round)
        }
        if let fault = round.faults.last { throw fault }
    }

    private struct Round {
        /// How many of the events that it looked at wait.
        var left: Int
        var faults: [StoreFault] = []
    }

    /// Seals what waits of a group. A chain that cannot go on, because it was tampered with, holds up no other: its
    /// group is halved until it stands alone.
    private func seal(_ group: ArraySlice<(business: BusinessID, waiting: Int)>, _ round: inout Round) async throws {
        do {
            var left = group.reduce(0) { $0 + $1.waiting }
            while left > 0, !Task.isCancelled {
                let sealed = try await store.seal(group.map { $0.business }, limit: Self.batchMax)
                left -= sealed
                round.left -= sealed
                // Those that came in the meantime are sealed too.
                waiting.store(max(0, round.left), ordering: .relaxed)
                if sealed < Self.batchMax { break }
            }
        } catch let fault as StoreFault where !fault.isTransient {
            round.faults.append(fault)
            guard round.faults.count < Self.faultsMax else { throw fault }
            guard group.count > 1 else { return }
            try await seal(group.prefix(group.count / 2), &round)
            try await seal(group.dropFirst(group.count / 2), &round)
        }
    }
}
