import DequeModule

/// Reads that wait, and the connections that they share.
struct ReadQueue {
    /// Groups under way on one connection. When all are, reads wait and the next groups are the larger for it. Few keep
    /// the server busy; more would only be more waits for a lock, one behind another.
    private static let groupsMax = 3

    let connections: [Connection]
    /// Reads behind one Sync.
    private let groupMax: Int
    private var waiting = Deque<Pending>()

    init(on connections: [Connection], groupMax: Int) {
        self.connections = connections
        self.groupMax = groupMax
    }

    var count: Int { waiting.count }

    mutating func append(_ read: Pending) { waiting.append(read) }

    /// Takes back one that was popped, before all others.
    mutating func putBack(_ read: Pending) { waiting.prepend(read) }

    /// The next to go out behind one Sync, and the least busy connection.
    ///
    /// - Returns: `nil` if none waits, or all connections are busy.
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

    /// Moves those that have waited beyond their deadline to `overdue`.
    mutating func removeAll(overdueAt now: ContinuousClock.Instant, into overdue: inout [Pending]) {
        waiting.removeAll(overdueAt: now, into: &overdue)
    }

    /// Takes out everything.
    mutating func removeAll() -> [Pending] {
        defer { waiting.removeAll() }
        // `Array(waiting)` of none writes its count into the one empty array that all threads share.
        return waiting.map(\.self)
    }
}
