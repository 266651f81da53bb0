import DequeModule

/// The waiting writes and transactions, in order, with limits for each conflict key.
///
/// Statements with the same conflict key may wait for each other's locks. The queue admits at most two exclusive writes
/// of a key at a time, so one blocked key cannot use every connection. It parks the others, and skips them at no cost.
/// One key may park half of the queue's limit.
///
/// At most one write of a key at a time is in a group commit, so groups of this process do not wait for each other.
struct WriteQueue {
    private struct KeyQueue {
        /// Admitted exclusive writes.
        var exclusive = 0
        /// Writes admitted to a group commit.
        var sharing = 0
        var parked = Deque<Pending>()

        func admits(sharing isSharing: Bool) -> Bool { isSharing ? sharing < 1 : exclusive < 2 }
    }

    /// Whether writes may be sent in group commits.
    private let isGrouping: Bool
    /// Maximum number of parked writes for one key.
    private let parkedMax: Int
    /// The admitted exclusive writes.
    private var exclusive = Deque<Pending>()
    /// The writes admitted to a group commit, at most one per conflict key.
    private var sharing = Deque<Pending>()
    private var conflictKeys: [UInt64: KeyQueue] = [:]
    private var exclusiveKeys = ExclusiveKeys()
    /// The number of waiting writes, parked or admitted.
    private(set) var count = 0

    /// - Parameter countMax: the limit of waiting requests, which the caller enforces. One conflict key may park half
    ///   of it.
    init(isGrouping: Bool, countMax: Int) {
        self.isGrouping = isGrouping
        parkedMax = max(1, countMax / 2)
    }

    /// - Returns: false if too many writes of its conflict key are parked. The queue then did not accept it.
    mutating func append(_ pending: Pending, at now: ContinuousClock.Instant) -> Bool {
        guard let key = pending.conflictKey else {
            exclusive.append(pending)
            count += 1
            return true
        }
        guard conflictKeys[key]?.parked.count ?? 0 < parkedMax else { return false }
        conflictKeys[key, default: KeyQueue()].parked.append(pending)
        count += 1
        admitParked(of: key, at: now)
        return true
    }

    /// Admits parked writes of a conflict key within its limits, in order.
    private mutating func admitParked(of key: UInt64, at now: ContinuousClock.Instant) {
        guard var conflictKey = conflictKeys.removeValue(forKey: key) else { return }
        while let next = conflictKey.parked.first {
            next.sharesCommit = isGrouping && next.mayShareCommit && !exclusiveKeys.contains(key, at: now)
            guard conflictKey.admits(sharing: next.sharesCommit) else { break }
            conflictKey.parked.removeFirst()
            if next.sharesCommit {
                conflictKey.sharing += 1
                sharing.append(next)
            } else {
                conflictKey.exclusive += 1
                exclusive.append(next)
            }
        }
        if conflictKey.exclusive + conflictKey.sharing > 0 { conflictKeys[key] = conflictKey }
    }

    /// Removes the next exclusive write. It counts toward the limit of its conflict key until ``leave(_:at:)``.
    mutating func popExclusive() -> Pending? {
        guard let first = exclusive.popFirst() else { return nil }
        count -= 1
        return first
    }

    /// Removes the next write of any kind. The pool sends it alone, because no group connection is ready.
    mutating func popOldest() -> Pending? {
        guard let first = sharing.first else { return popExclusive() }
        guard let other = exclusive.first, other.deadline < first.deadline else { return popGroup(1).first }
        return popExclusive()
    }

    /// Removes up to `countMax` writes for a group commit, ordered by conflict key.
    ///
    /// Every group takes its locks in the same order, so groups do not deadlock.
    mutating func popGroup(_ countMax: Int) -> [Pending] {
        let group = sharing.prefix(countMax).sorted { $0.conflictKey ?? 0 < $1.conflictKey ?? 0 }
        sharing.removeFirst(group.count)
        count -= group.count
        return group
    }

    /// Returns a popped write to the front of the queue as an exclusive write.
    mutating func putBack(_ pending: Pending, at now: ContinuousClock.Instant) {
        count += 1
        exclusive.prepend(pending)
        guard pending.sharesCommit, let key = pending.conflictKey else { return }
        pending.sharesCommit = false
        conflictKeys[key]?.sharing -= 1
        conflictKeys[key]?.exclusive += 1
        admitParked(of: key, at: now)
    }

    /// Records a failed write. Later writes of the key are exclusive for ``ExclusiveKeys/memory``.
    mutating func noteFailure(in conflictKey: UInt64, at now: ContinuousClock.Instant) {
        if isGrouping { exclusiveKeys.add(conflictKey, at: now) }
    }

    /// Records the end of a popped write. Admits the next write of its conflict key.
    mutating func leave(_ pending: Pending, at now: ContinuousClock.Instant) {
        guard let key = pending.conflictKey else { return }
        if pending.sharesCommit { conflictKeys[key]?.sharing -= 1 } else { conflictKeys[key]?.exclusive -= 1 }
        admitParked(of: key, at: now)
    }

    /// Removes and returns the writes past their deadline.
    ///
    /// - Complexity: O(n) in the number of waiting writes.
    mutating func removeOverdue(at now: ContinuousClock.Instant) -> [Pending] {
        var overdue: [Pending] = []
        for key in conflictKeys.keys { conflictKeys[key]?.parked.removeAll(overdueAt: now, into: &overdue) }
        count -= overdue.count
        var admittedOverdue: [Pending] = []
        exclusive.removeAll(overdueAt: now, into: &admittedOverdue)
        sharing.removeAll(overdueAt: now, into: &admittedOverdue)
        count -= admittedOverdue.count
        for pending in admittedOverdue { leave(pending, at: now) }
        return overdue + admittedOverdue
    }

    /// Removes and returns all writes.
    mutating func removeAll() -> [Pending] {
        let all = ([exclusive, sharing] + conflictKeys.values.map(\.parked)).flatMap(\.self)
        exclusive.removeAll()
        sharing.removeAll()
        conflictKeys.removeAll()
        count = 0
        return all
    }
}

extension Deque<Pending> {
    /// Moves the requests past their deadline to `overdue`, and keeps the order of the rest.
    mutating func removeAll(overdueAt now: ContinuousClock.Instant, into overdue: inout [Pending]) {
        guard contains(where: { $0.deadline <= now }) else { return }
        overdue += filter { $0.deadline <= now }
        removeAll { $0.deadline <= now }
    }
}
