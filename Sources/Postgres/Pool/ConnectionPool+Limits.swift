import DequeModule
import Logging

/// Timed work of the pool: connecting, time limits and closing.
extension ConnectionPool {
    /// The interval at which the pool checks all limits. One check of all requests costs less than a timer for each.
    private static let tick = Duration.milliseconds(20)

    /// The time of the next check; nil if only a socket or a caller can cause a change.
    var nextRead: ContinuousClock.Instant? {
        switch phase {
        case .closed: nil
        case .draining: nextSweep
        case .open: unanswered == 0 && leases.isEmpty && connections.allSatisfy(\.isReady) ? nil : nextSweep
        }
    }

    func sweepIfDue() {
        guard now >= nextSweep else { return }
        nextSweep = now + Self.tick
        if case .closed = phase { return }
        for connection in connections { sweep(connection) }
        for lease in leases.values where lease.until <= now {
            if let connection = lease.connection { lose(connection, because: .deadline) }
        }
        var overdue = writes.removeOverdue(at: now)
        reads.removeAll(overdueAt: now, into: &overdue)
        lists.removeAll(overdueAt: now, into: &overdue)
        for pending in overdue { refuse(pending, pending.expiry <= now ? .deadline : .poolTimeout) }
        if case .draining(let limit) = phase, limit <= now || (unanswered == 0 && leases.isEmpty) { shut() }
    }

    private func sweep(_ connection: Connection) {
        switch connection.state {
        case .waiting(let until) where until <= now: connect(connection)
        case .connecting(let until, _) where until <= now: dropUnconnected(connection, because: "no answer in time")
        case .ready: sweepReady(connection)
        case .waiting, .connecting: break
        }
    }

    private func sweepReady(_ connection: Connection) {
        let underWay = connection.underWay
        if underWay.contains(where: { $0.deadline <= now }) { return lose(connection, because: .deadline) }
        for pending in underWay where connection.isShared && pending.expiry <= now && !pending.isAnswered {
            giveUp(pending)
        }
    }

    /// Moves all connections to the host that just accepted a connection, the primary host.
    ///
    /// Connections that wait or try another host connect to it at once. Connections to another host are closed: a
    /// failover replaced that host without their notice. It could return and serve outdated data.
    func gather(at host: Int) {
        reportReachable()
        primaryHost = host
        for connection in connections {
            switch connection.state {
            case .ready where connection.host != host: lose(connection, because: .connectionLost)
            case .connecting where connection.host != host, .waiting: _ = connection.drop(at: now, atOnce: true)
            case .ready, .connecting: break
            }
        }
    }

    // MARK: Closing

    func close(within limit: Duration) async {
        if case .closed = phase { return }
        if case .open = phase { phase = .draining(until: .now + limit) }
        await withCheckedContinuation { closers.append($0) }
    }

    private func shut() {
        phase = .closed
        for connection in connections {
            lose(connection, because: .closing)
            _ = connection.drop(at: now)
        }
        for pending in writes.removeAll() + reads.removeAll() + lists.removeAll() { refuse(pending, .closing) }
        leases.removeAll()
        reactor.detach(self)
        for closer in closers { closer.resume() }
        closers.removeAll()
    }

    // MARK: Reporting

    func dropUnconnected(_ connection: Connection, because failure: String) {
        _ = connection.drop(at: now)
        guard !isReportedUnreachable, !connections.contains(where: \.isReady) else { return }
        isReportedUnreachable = true
        logger.warning("database unreachable", metadata: ["reason": "\(failure)\(advice(about: failure))"])
    }

    /// The advice if the user is not a member of the role. The error names the role in every language.
    private func advice(about failure: String) -> String {
        guard let role = configuration.role, failure.contains("\"\(role)\"") else { return "" }
        return "; a migration makes the role, and who connects must be let take it: grant \(role) to that user"
    }

    func reportReachable() {
        guard isReportedUnreachable else { return }
        isReportedUnreachable = false
        logger.notice("database reachable again")
    }

    func reportLost(because reason: DatabaseError.Reason, underWay: Int) {
        guard reason != .closing else { return }
        logger.warning(
            "database connection lost", metadata: ["reason": "\(reason)", "underWay": "\(underWay)"])
    }
}
