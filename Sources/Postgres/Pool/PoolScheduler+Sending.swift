/// Selection of the next group and its connection.
extension PoolScheduler {
    /// Maximum number of groups in flight on a read connection.
    ///
    /// When all connections are full, reads wait and the next groups are larger. Three groups keep the server busy.
    /// More would only add requests that wait behind a lock.
    private static let readGroupsMax = 3

    /// Removes the next group from its queue, and selects its connection.
    ///
    /// The pool sends the group before the next call, and reports ``sent(on:)`` or ``lost(_:because:)``.
    ///
    /// - Returns: nil if nothing waits, or no connection can take a group.
    mutating func nextSending() -> Sending? {
        if anonymousReads.count > 0, let sending = nextAnonymousReads() { return sending }
        if reads.count > 0, let connection = leastBusy(of: readers), let group = reads.popGroup() {
            return select(group, for: connection)
        }
        if lists.count > 0, let connection = leastBusy(of: listers), let group = lists.popGroup() {
            return select(group, for: connection)
        }
        if writes.count == 0 { return nil }
        return nextGroupCommit() ?? nextExclusiveWrite()
    }

    /// Selects anonymous reads before others, because at most one group of them is in flight.
    private mutating func nextAnonymousReads() -> Sending? {
        let isInFlight = readers.contains { index in
            connections[index].groups.contains { $0.executions[0].first.isAnonymous }
        }
        guard !isInFlight, let connection = leastBusy(of: readers), let group = anonymousReads.popGroup() else {
            return nil
        }
        return select(group, for: connection)
    }

    private func leastBusy(of indices: Range<Int>) -> Int? {
        var best: Int?
        for index in indices where connections[index].isReady && connections[index].groups.count < Self.readGroupsMax {
            if let best, connections[best].inFlight <= connections[index].inFlight { continue }
            best = index
        }
        return best
    }

    private mutating func nextGroupCommit() -> Sending? {
        guard let connection = groupers.first(where: { connections[$0].isIdle }) else { return nil }
        let writes = writes.popGroup(Self.groupMax)
        guard !writes.isEmpty else { return nil }
        counters.writesGrouped += writes.count
        return select(RequestGroup(batching: writes), for: connection)
    }

    private mutating func nextExclusiveWrite() -> Sending? {
        guard let connection = writers.first(where: { connections[$0].isIdle && !connections[$0].isLeased }) else {
            return nil
        }
        let isGroupingPossible = groupers.contains { connections[$0].isReady }
        guard let write = isGroupingPossible ? writes.popExclusive() : writes.popOldest() else { return nil }
        if case .begin(let transaction) = write.kind {
            connections[connection].isLeased = true
            leases[transaction] = Lease(connection: connection, until: now + configuration.transactionTimeout)
        }
        return select(RequestGroup(write), for: connection)
    }

    mutating func select(_ group: RequestGroup, for connection: Int) -> Sending {
        let isShared = connections[connection].isShared
        let limit = now + responseLimit
        for request in group.requests {
            request.phase = .sending(until: isShared ? limit : min(limit, request.expiry))
        }
        connections[connection].append(group)
        return Sending(group: group, connection: connection)
    }

    /// Records that libpq accepted the last group that was selected for the connection.
    mutating func sent(on connection: Int) {
        guard let group = connections[connection].groups.last else { return }
        for request in group.requests { request.markSent() }
    }
}
