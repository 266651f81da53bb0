import DequeModule

/// The waiting reads of one kind.
struct ReadQueue {
    /// Maximum number of reads in a group.
    private let groupMax: Int
    private let countMax: Int
    private var waiting = Deque<InFlightRequest>()

    init(groupMax: Int, countMax: Int) {
        self.groupMax = groupMax
        self.countMax = countMax
    }

    var count: Int { waiting.count }

    /// - Returns: false if the queue is full. The queue then did not accept the read.
    mutating func append(_ read: InFlightRequest) -> Bool {
        guard waiting.count < countMax else { return false }
        waiting.append(read)
        return true
    }

    /// Returns a popped read to the front of the queue, even if the queue is full.
    mutating func putBack(_ read: InFlightRequest) { waiting.prepend(read) }

    /// Removes the reads of the next group. A retry has its own group.
    ///
    /// - Returns: `nil` if no read waits.
    mutating func popGroup() -> RequestGroup? {
        guard let first = waiting.first else { return nil }
        let group =
            first.isRetry
            ? RequestGroup(first) : RequestGroup(batching: waiting.prefix(groupMax).prefix { !$0.isRetry })
        waiting.removeFirst(group.count)
        return group
    }

    /// Moves the reads past their deadline to `overdue`.
    mutating func removeAll(overdueAt now: PoolTime, into overdue: inout [InFlightRequest]) {
        waiting.removeAll(overdueAt: now, into: &overdue)
    }

    /// Removes and returns all reads.
    mutating func removeAll() -> [InFlightRequest] {
        defer { waiting.removeAll() }
        // `Array(waiting)` of an empty deque writes to Swift's shared empty array, a data race.
        return waiting.map(\.self)
    }
}

extension Deque<InFlightRequest> {
    /// Moves the requests past their deadline to `overdue`, and keeps the order of the rest.
    mutating func removeAll(overdueAt now: PoolTime, into overdue: inout [InFlightRequest]) {
        guard contains(where: { $0.deadline <= now }) else { return }
        overdue += filter { $0.deadline <= now }
        removeAll { $0.deadline <= now }
    }
}
