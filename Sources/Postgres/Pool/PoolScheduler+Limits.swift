/// Timed work: connecting, time limits and closing.
extension PoolScheduler {
    /// The interval at which the scheduler checks all limits. One check of all requests costs less than a timer for
    /// each.
    private static let tickInterval = Duration.milliseconds(20)

    /// The time of the next check; nil if only sockets and callers cause changes.
    var nextWakeUp: PoolTime? {
        switch stage {
        case .closed: nil
        case .draining: nextTick
        case .open: uncompleted == 0 && leases.isEmpty && isConnected ? nil : nextTick
        }
    }

    /// Whether every connection is ready.
    private var isConnected: Bool { connections.indices.allSatisfy { connections[$0].isReady } }

    /// Checks all limits, at most once per interval.
    mutating func tick() {
        guard now >= nextTick else { return }
        nextTick = now + Self.tickInterval
        if case .closed = stage { return }
        for index in connections.indices { check(index) }
        for lease in leases.values where lease.until <= now {
            if let connection = lease.connection { lost(connection, because: .deadline) }
        }
        var overdue = writes.removeOverdue(at: now)
        reads.removeAll(overdueAt: now, into: &overdue)
        lists.removeAll(overdueAt: now, into: &overdue)
        anonymousReads.removeAll(overdueAt: now, into: &overdue)
        for request in overdue { reject(request, request.expiry <= now ? .deadline : .poolTimeout) }
        if case .draining(let limit) = stage, limit <= now || (uncompleted == 0 && leases.isEmpty) { close() }
    }

    private mutating func check(_ index: Int) {
        switch connections[index].state {
        case .waiting(let until) where until <= now:
            let deadline = now + configuration.connectTimeout
            connections[index].connect(primaryHost: primaryHost, hostCount: hostCount, until: deadline)
            actions.append(.connect(index, host: connections[index].host))
        case .connecting(let until) where until <= now: connectFailed(index, because: "no answer in time")
        case .ready: checkReady(index)
        case .waiting, .connecting: break
        }
    }

    private mutating func checkReady(_ index: Int) {
        let (groups, isShared) = (connections[index].groups, connections[index].isShared)
        for group in groups where group.requests.contains(where: { $0.deadline <= now }) {
            return lost(index, because: .deadline)
        }
        guard isShared else { return }
        for group in groups {
            for request in group.requests where request.expiry <= now { timeOut(request) }
        }
    }

    // MARK: Connecting

    /// Moves all connections to the host that just accepted a connection, the primary host.
    ///
    /// Connections that wait or try another host connect to it at once. The scheduler closes connections to another
    /// host, because a failover may have replaced that host. It could return and serve outdated data.
    mutating func connected(_ connection: Int) {
        connections[connection].didConnect()
        if isReportedUnreachable {
            isReportedUnreachable = false
            actions.append(.report(.reachable))
        }
        primaryHost = connections[connection].host
        for index in connections.indices {
            switch connections[index].state {
            case .ready where connections[index].host != primaryHost: lost(index, because: .connectionLost)
            case .connecting where connections[index].host != primaryHost:
                _ = connections[index].close(at: now, atOnce: true)
                actions.append(.close(index))
            case .waiting: _ = connections[index].close(at: now, atOnce: true)
            case .ready, .connecting: break
            }
        }
    }

    /// Schedules the next attempt to connect.
    ///
    /// - Parameter reason: libpq's reason. It may name hosts and users but no password.
    mutating func connectFailed(_ connection: Int, because reason: String) {
        guard case .connecting = connections[connection].state else { return }
        _ = connections[connection].close(at: now)
        actions.append(.close(connection))
        guard !isReportedUnreachable, !connections.contains(where: \.isReady) else { return }
        isReportedUnreachable = true
        actions.append(.report(.unreachable(reason)))
    }

    // MARK: Closing

    /// Rejects new requests, and closes after the accepted ones end or at the limit.
    mutating func drain(until limit: PoolTime) {
        if case .open = stage { stage = .draining(until: limit) }
    }

    private mutating func close() {
        stage = .closed
        for index in connections.indices {
            lost(index, because: .closing)
            if case .connecting = connections[index].state { actions.append(.close(index)) }
            _ = connections[index].close(at: now)
        }
        let reading = reads.removeAll() + lists.removeAll() + anonymousReads.removeAll()
        for request in writes.removeAll() + reading { reject(request, .closing) }
        leases.removeAll()
        actions.append(.finish)
    }
}
