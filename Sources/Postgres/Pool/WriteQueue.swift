import DequeModule

/// The waiting writes and transactions, in order, with limits for each conflict key.
///
/// Statements with the same conflict key may wait for each other's locks. The queue admits at most two exclusive writes
/// of a key at a time, so one blocked key cannot use every connection. It parks the other writes of the key, and skips
/// them at no cost. One key may park ``parkedMax(of:)`` writes.
///
/// Anonymous writes share one key. So they use at most two connections, and their places are not those of other writes.
///
/// The queue admits one write of a key at a time to a group commit. So groups of this process do not wait for each
/// other. The two exclusive writes of a key may delay a group by ``DatabaseConfiguration/groupLockTimeout``.
struct WriteQueue {
    private struct KeyQueue {
        /// Maximum number of admitted exclusive writes.
        private static let exclusiveMax = 2

        /// The number of admitted exclusive writes.
        var exclusive = 0
        /// The write that is admitted to a group commit.
        var grouped: InFlightRequest?
        var parked = Deque<InFlightRequest>()

        var isIdle: Bool { exclusive == 0 && grouped == nil }

        func admits(toGroup: Bool) -> Bool { toGroup ? grouped == nil : exclusive < Self.exclusiveMax }
    }

    /// Whether writes may be sent in group commits.
    private let isGrouping: Bool
    /// Maximum number of waiting writes, without those that ``anonymousKey`` parks.
    private let countMax: Int
    /// The admitted exclusive writes.
    private var exclusive = Deque<InFlightRequest>()
    /// The writes admitted to a group commit, at most one per conflict key.
    private var grouped = Deque<InFlightRequest>()
    private var conflictKeys: [UInt64: KeyQueue] = [:]
    private var exclusiveKeys = ExclusiveKeys()
    /// The number of waiting writes, parked or admitted.
    private(set) var count = 0

    /// The conflict key of anonymous writes, which have no key of their own. No hash is expected to have this value.
    static let anonymousKey = UInt64.max

    init(isGrouping: Bool, countMax: Int) {
        self.isGrouping = isGrouping
        self.countMax = countMax
    }

    /// Maximum number of parked writes of a key.
    private func parkedMax(of key: UInt64) -> Int {
        key == Self.anonymousKey ? PoolScheduler.anonymousMax(of: countMax) : max(32, countMax / 32)
    }

    private func parked(of key: UInt64) -> Int { conflictKeys[key]?.parked.count ?? 0 }

    /// Whether an ordinary write finds no place. Most calls do not look up ``anonymousKey``.
    private var isFull: Bool { count >= countMax && count - parked(of: Self.anonymousKey) >= countMax }

    /// - Returns: false if the queue is full, or parks too many writes of the conflict key. The queue then did not
    ///   accept the write.
    mutating func append(_ write: InFlightRequest, at now: PoolTime) -> Bool {
        guard write.conflictKey == Self.anonymousKey || !isFull else { return false }
        guard let key = write.conflictKey else {
            exclusive.append(write)
            count += 1
            return true
        }
        guard parked(of: key) < parkedMax(of: key) else { return false }
        conflictKeys[key, default: KeyQueue()].parked.append(write)
        count += 1
        admitParked(of: key, at: now)
        return true
    }

    /// Admits parked writes of a conflict key within its limits, in order.
    private mutating func admitParked(of key: UInt64, at now: PoolTime) {
        guard var keyQueue = conflictKeys.removeValue(forKey: key) else { return }
        while let next = keyQueue.parked.first {
            let joinsGroup = isGrouping && next.mayJoinGroupCommit && !exclusiveKeys.contains(key, at: now)
            guard keyQueue.admits(toGroup: joinsGroup) else { break }
            keyQueue.parked.removeFirst()
            if joinsGroup {
                keyQueue.grouped = next
                grouped.append(next)
            } else {
                keyQueue.exclusive += 1
                exclusive.append(next)
            }
        }
        if !keyQueue.isIdle { conflictKeys[key] = keyQueue }
    }

    /// Removes the next exclusive write. It counts toward the limit of its conflict key until ``leave(_:at:)``.
    mutating func popExclusive() -> InFlightRequest? {
        guard let first = exclusive.popFirst() else { return nil }
        count -= 1
        return first
    }

    /// Removes the next write of any kind. The pool sends it alone, because no group connection is ready.
    mutating func popOldest() -> InFlightRequest? {
        guard let first = grouped.first else { return popExclusive() }
        guard let other = exclusive.first, other.deadline < first.deadline else { return popGroup(1).first }
        return popExclusive()
    }

    /// Removes up to `countMax` writes for a group commit, ordered by conflict key.
    ///
    /// Every group takes its locks in the same order, so groups do not deadlock.
    mutating func popGroup(_ countMax: Int) -> [InFlightRequest] {
        let group = grouped.prefix(countMax).sorted { $0.conflictKey ?? 0 < $1.conflictKey ?? 0 }
        grouped.removeFirst(group.count)
        count -= group.count
        return group
    }

    /// Returns a popped write to the front of the queue as an exclusive write.
    mutating func putBack(_ write: InFlightRequest, at now: PoolTime) {
        count += 1
        exclusive.prepend(write)
        guard let key = write.conflictKey, conflictKeys[key]?.grouped === write else { return }
        conflictKeys[key]?.grouped = nil
        conflictKeys[key]?.exclusive += 1
        admitParked(of: key, at: now)
    }

    /// Records a failed write. Later writes of the key are exclusive for ``ExclusiveKeys/memory``.
    mutating func noteFailure(in conflictKey: UInt64, at now: PoolTime) {
        if isGrouping { exclusiveKeys.add(conflictKey, at: now) }
    }

    /// Records the end of a popped write. Admits the next write of its conflict key.
    mutating func leave(_ write: InFlightRequest, at now: PoolTime) {
        guard let key = write.conflictKey else { return }
        if conflictKeys[key]?.grouped === write {
            conflictKeys[key]?.grouped = nil
        } else {
            conflictKeys[key]?.exclusive -= 1
        }
        admitParked(of: key, at: now)
    }

    /// Removes and returns the writes past their deadline.
    ///
    /// - Complexity: O(n) in the number of waiting writes.
    mutating func removeOverdue(at now: PoolTime) -> [InFlightRequest] {
        var overdue: [InFlightRequest] = []
        for key in conflictKeys.keys { conflictKeys[key]?.parked.removeAll(overdueAt: now, into: &overdue) }
        count -= overdue.count
        var admittedOverdue: [InFlightRequest] = []
        exclusive.removeAll(overdueAt: now, into: &admittedOverdue)
        grouped.removeAll(overdueAt: now, into: &admittedOverdue)
        count -= admittedOverdue.count
        for write in admittedOverdue { leave(write, at: now) }
        return overdue + admittedOverdue
    }

    /// Removes and returns all writes.
    mutating func removeAll() -> [InFlightRequest] {
        let all = ([exclusive, grouped] + conflictKeys.values.map(\.parked)).flatMap(\.self)
        exclusive.removeAll()
        grouped.removeAll()
        conflictKeys.removeAll()
        count = 0
        return all
    }
}

/// The conflict keys whose writes recently failed, and so run as exclusive writes.
///
/// A write of such a key is likely to fail or wait again. It would delay its whole group commit.
///
/// The memory is fixed. A key may replace another with the same index. The replaced key joins a group commit too early.
/// The next failure adds it again.
struct ExclusiveKeys {
    private struct Entry {
        let conflictKey: UInt64
        let until: PoolTime
    }

    /// Maximum number of keys.
    static let capacity = 256
    /// The time that a key stays after its last failure.
    static let memory = Duration.seconds(5)

    private var entries = [Entry?](repeating: nil, count: capacity)

    mutating func add(_ conflictKey: UInt64, at now: PoolTime) {
        entries[Self.place(of: conflictKey)] = Entry(conflictKey: conflictKey, until: now + Self.memory)
    }

    func contains(_ conflictKey: UInt64, at now: PoolTime) -> Bool {
        guard let entry = entries[Self.place(of: conflictKey)], entry.conflictKey == conflictKey else { return false }
        return now < entry.until
    }

    private static func place(of conflictKey: UInt64) -> Int { Int(conflictKey % UInt64(capacity)) }
}
