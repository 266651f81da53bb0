import DequeModule

/// The waiting reads and the connections that they share.
struct ReadQueue {
    /// Maximum number of groups in flight on one connection.
    ///
    /// When all connections are full, reads wait and the next groups are larger. Three groups keep the server busy.
    /// More would only add requests that wait behind a lock.
    private static let groupsMax = 3

    let connections: [Connection]
    /// Maximum number of reads in a group.
    private let groupMax: Int
    private var waiting = Deque<Pending>()

    init(on connections: [Connection], groupMax: Int) {
        self.connections = connections
        self.groupMax = groupMax
    }

    var count: Int { waiting.count }

    mutating func append(_ read: Pending) { waiting.append(read) }

    /// Returns a popped read to the front of the queue.
    mutating func putBack(_ read: Pending) { waiting.prepend(read) }

    /// Removes the reads of the next group and selects the least busy connection.
    ///
    /// - Returns: `nil` if no read waits, or no connection can take a group.
    mutating func popGroup() -> (group: [Pending], connection: Connection)? {
        guard let first = waiting.first, let connection = leastBusy else { return nil }
        let group = first.isAlone ? [first] : Array(waiting.prefix(groupMax).prefix { !$0.isAlone })
        waiting.removeFirst(group.count)
        return (group, connection)
    }

    private var leastBusy: Connection? {
        var best: Connection?
        for connection in connections where connection.isReady && connection.groups < Self.groupsMax {
            if let best, best.inFlight <= connection.inFlight { continue }
            best = connection
        }
        return best
    }

    /// Moves the reads past their deadline to `overdue`.
    mutating func removeAll(overdueAt now: ContinuousClock.Instant, into overdue: inout [Pending]) {
        waiting.removeAll(overdueAt: now, into: &overdue)
    }

    /// Removes and returns all reads.
    mutating func removeAll() -> [Pending] {
        defer { waiting.removeAll() }
        // Not `Array(waiting)`: for an empty deque it writes its count into the empty array that all threads share.
        return waiting.map(\.self)
    }
}
