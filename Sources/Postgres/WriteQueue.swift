import DequeModule

/// Writes and transactions that wait for a connection, in order, with a limit on each lane.
///
/// A lane is a key that statements may wait for each other on. Only ``admittedMax`` of a lane are let through at a
/// time, so one stuck key cannot take every connection; the others are parked beside the queue and cost nothing to
/// skip.
struct WriteQueue {
    private struct Lane {
        var admitted = 0
        var parked = Deque<Pending>()
    }

    static let admittedMax = 2

    private var admitted = Deque<Pending>()
    private var lanes: [UInt64: Lane] = [:]
    /// All that wait, parked or not.
    private(set) var count = 0

    mutating func append(_ pending: Pending) {
        count += 1
        guard let key = pending.lane else { return admitted.append(pending) }
        if lanes[key, default: Lane()].admitted < Self.admittedMax {
            lanes[key, default: Lane()].admitted += 1
            admitted.append(pending)
        } else {
            lanes[key]?.parked.append(pending)
        }
    }

    /// The next to be sent. It keeps its place in its lane until ``leave(_:)``.
    mutating func popFirst() -> Pending? {
        guard let first = admitted.popFirst() else { return nil }
        count -= 1
        return first
    }

    /// Takes back one that was popped, before all others.
    mutating func putBack(_ pending: Pending) {
        count += 1
        admitted.prepend(pending)
    }

    /// Says that one that was popped is over; the next of its lane is let through.
    mutating func leave(_ pending: Pending) {
        guard let key = pending.lane, var lane = lanes.removeValue(forKey: key) else { return }
        if let next = lane.parked.popFirst() {
            admitted.append(next)
        } else {
            lane.admitted -= 1
        }
        if lane.admitted > 0 { lanes[key] = lane }
    }

    /// Takes out all that have waited beyond their deadline.
    ///
    /// - Complexity: O(n) in those that wait.
    mutating func removeOverdue(at now: ContinuousClock.Instant) -> [Pending] {
        var overdue: [Pending] = []
        for key in lanes.keys { lanes[key]?.parked.removeAll(overdueAt: now, into: &overdue) }
        count -= overdue.count
        var admittedOverdue: [Pending] = []
        admitted.removeAll(overdueAt: now, into: &admittedOverdue)
        count -= admittedOverdue.count
        for pending in admittedOverdue { leave(pending) }
        return overdue + admittedOverdue
    }

    /// Takes out everything.
    mutating func removeAll() -> [Pending] {
        defer { self = WriteQueue() }
        return Array(admitted) + lanes.values.flatMap(\.parked)
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
