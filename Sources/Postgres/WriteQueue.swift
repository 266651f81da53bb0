import DequeModule

/// Writes and transactions that wait for a connection, in order, with a limit on each lane.
///
/// A lane is a key that statements may wait for each other on. Only a few of a lane are let through at a time, so one
/// stuck key cannot take every connection; the others are parked beside the queue and cost nothing to skip. Nor may
/// one lane fill the queue.
///
/// Of a lane one at a time may share a commit, so no two groups of this process wait for each other.
struct WriteQueue {
    private struct Lane {
        /// How many are let through, to have a connection for themselves.
        var lone = 0
        /// The same, to share a commit.
        var sharing = 0
        var parked = Deque<Pending>()

        func admits(sharing isSharing: Bool) -> Bool { isSharing ? sharing < 1 : lone < 2 }
    }

    /// Whether writes share commits.
    private let isGrouping: Bool
    /// Of a lane, how many may be parked.
    private let parkedMax: Int
    /// Those that want a connection for themselves.
    private var lone = Deque<Pending>()
    /// Those that may share a commit; no two of one lane.
    private var sharing = Deque<Pending>()
    private var lanes: [UInt64: Lane] = [:]
    private var loneLanes = LoneLanes()
    /// All that wait, parked or not.
    private(set) var count = 0

    /// - Parameter countMax: how many may wait in all, which is not looked at here. One lane gets half of it.
    init(isGrouping: Bool, countMax: Int) {
        self.isGrouping = isGrouping
        parkedMax = max(1, countMax / 2)
    }

    /// - Returns: false if too many of its lane are waiting already; then it was not taken.
    mutating func append(_ pending: Pending, at now: ContinuousClock.Instant) -> Bool {
        guard let key = pending.lane else {
            lone.append(pending)
            count += 1
            return true
        }
        guard lanes[key]?.parked.count ?? 0 < parkedMax else { return false }
        lanes[key, default: Lane()].parked.append(pending)
        count += 1
        admitParked(of: key, at: now)
        return true
    }

    /// Lets through what a lane has room for, in order.
    private mutating func admitParked(of key: UInt64, at now: ContinuousClock.Instant) {
        guard var lane = lanes.removeValue(forKey: key) else { return }
        while let next = lane.parked.first {
            next.sharesCommit = isGrouping && next.mayShareCommit && !loneLanes.contains(key, at: now)
            guard lane.admits(sharing: next.sharesCommit) else { break }
            lane.parked.removeFirst()
            if next.sharesCommit {
                lane.sharing += 1
                sharing.append(next)
            } else {
                lane.lone += 1
                lone.append(next)
            }
        }
        if lane.lone + lane.sharing > 0 { lanes[key] = lane }
    }

    /// The next that wants a connection for itself. It keeps its place in its lane until ``leave(_:at:)``.
    mutating func popLone() -> Pending? {
        guard let first = lone.popFirst() else { return nil }
        count -= 1
        return first
    }

    /// The next of all, to have a connection for itself: what may share a commit has nobody to share it with.
    mutating func popOldest() -> Pending? {
        guard let first = sharing.first else { return popLone() }
        guard let other = lone.first, other.deadline < first.deadline else { return popGroup(1).first }
        return popLone()
    }

    /// The next that may share a commit, up to `countMax`, in the order of their lanes: every group locks in one
    /// order, so groups do not wait for each other in a circle.
    mutating func popGroup(_ countMax: Int) -> [Pending] {
        let group = sharing.prefix(countMax).sorted { $0.lane ?? 0 < $1.lane ?? 0 }
        sharing.removeFirst(group.count)
        count -= group.count
        return group
    }

    /// Takes back one that was popped, before all others, to go alone.
    mutating func putBack(_ pending: Pending, at now: ContinuousClock.Instant) {
        count += 1
        lone.prepend(pending)
        guard pending.sharesCommit, let key = pending.lane else { return }
        pending.sharesCommit = false
        lanes[key]?.sharing -= 1
        lanes[key]?.lone += 1
        admitParked(of: key, at: now)
    }

    /// Says that a write of this lane failed, so that those to come go alone for a while.
    mutating func noteFailure(in lane: UInt64, at now: ContinuousClock.Instant) {
        if isGrouping { loneLanes.add(lane, at: now) }
    }

    /// Says that one that was popped is over; the next of its lane is let through.
    mutating func leave(_ pending: Pending, at now: ContinuousClock.Instant) {
        guard let key = pending.lane else { return }
        if pending.sharesCommit { lanes[key]?.sharing -= 1 } else { lanes[key]?.lone -= 1 }
        admitParked(of: key, at: now)
    }

    /// Takes out all that have waited beyond their deadline.
    ///
    /// - Complexity: O(n) in those that wait.
    mutating func removeOverdue(at now: ContinuousClock.Instant) -> [Pending] {
        var overdue: [Pending] = []
        for key in lanes.keys { lanes[key]?.parked.removeAll(overdueAt: now, into: &overdue) }
        count -= overdue.count
        var admittedOverdue: [Pending] = []
        lone.removeAll(overdueAt: now, into: &admittedOverdue)
        sharing.removeAll(overdueAt: now, into: &admittedOverdue)
        count -= admittedOverdue.count
        for pending in admittedOverdue { leave(pending, at: now) }
        return overdue + admittedOverdue
    }

    /// Takes out everything.
    mutating func removeAll() -> [Pending] {
        let all = ([lone, sharing] + lanes.values.map(\.parked)).flatMap(\.self)
        lone.removeAll()
        sharing.removeAll()
        lanes.removeAll()
        count = 0
        return all
    }
}

extension Deque<Pending> {
    /// Moves those that have waited beyond their deadline to `overdue`, keeping the order of the rest.
    mutating func removeAll(overdueAt now: ContinuousClock.Instant, into overdue: inout [Pending]) {
        guard contains(where: { $0.deadline <= now }) else { return }
        overdue += filter { $0.deadline <= now }
        removeAll { $0.deadline <= now }
    }
}
