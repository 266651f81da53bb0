/// Acceptance of requests and handling of their results.
extension ConnectionPool {
    /// Maximum number of resends of a read after its connection broke.
    ///
    /// It is two, because an event that ends one backend often ends them all. The second connection may be dead without
    /// a reported error.
    private static let lossesMax = 2

    /// The number of requests that wait for a connection.
    var waiting: Int { reads.count + lists.count + writes.count }

    func accept(_ request: Request) {
        let pending = Pending(request, deadline: now + configuration.poolWait, expiry: now + requestLimit)
        unanswered += 1
        switch request.kind {
        case .step(let transaction), .end(let transaction, _): proceed(pending, in: transaction)
        case .read, .lookup, .list, .write, .begin:
            guard case .open = phase else { return refuse(pending, .closing) }
            guard now < pending.expiry else { return refuse(pending, .deadline) }
            guard waiting < configuration.queueMax else { return refuse(pending, .queueFull) }
            switch request.kind {
            case .list: lists.append(pending)
            case .read, .lookup: reads.append(pending)
            default: if !writes.append(pending, at: now) { refuse(pending, .queueFull) }
            }
        }
    }

    /// Sends a statement of a transaction. After a failure, the transaction's first error fails every statement except
    /// the rollback.
    private func proceed(_ pending: Pending, in transaction: Transaction) {
        let key = ObjectIdentifier(transaction)
        if pending.expiry <= now, !pending.isRollback {
            leases[key]?.fail(with: unsent(pending, .deadline))
        }
        guard let lease = leases[key] else { return refuse(pending, .closing) }
        if let connection = lease.connection, lease.failure == nil || pending.isRollback {
            return send(CollectionOfOne(pending), on: connection)
        }
        if lease.connection == nil, pending.isRollback {
            leases[key] = nil
            writes.leave(pending, at: now)
        }
        answer(pending, .failure(lease.failure ?? lost(pending, because: .connectionLost)))
    }

    /// Fails a request that was never sent with an error of the driver.
    func refuse(_ pending: Pending, _ reason: DatabaseError.Reason) {
        answer(pending, .failure(unsent(pending, reason)))
    }

    private func unsent(_ pending: Pending, _ reason: DatabaseError.Reason) -> DatabaseError {
        DatabaseError(statement: pending.request.statement.name, reason: reason)
    }

    /// Fails a request in flight whose request deadline passed.
    ///
    /// Its shared connection stays open. A write counts toward the limit of its conflict key until its result arrives.
    func giveUp(_ pending: Pending) { answer(pending, .failure(lost(pending, because: .deadline))) }

    private func answer(_ pending: Pending, _ answer: Request.Answer) {
        unanswered -= 1
        if case .failure(let failure) = answer, failure.outcome == .unknown { counters.unknownOutcomes += 1 }
        pending.answer(answer)
    }

    // MARK: Results

    /// Completes, fails or retries a request whose Sync is complete.
    func judge(_ pending: Pending, from connection: Connection) {
        if pending.isAnswered { return writes.leave(pending, at: now) }
        if connection.role == .group, let cause = pending.failure ?? pending.abortedBy, cause.outcome == .notApplied {
            return leaveGroup(pending, because: cause, from: connection)
        }
        if let failure = pending.failure {
            let lostPlansMax = connections.count { $0.role == connection.role } + 1
            guard failure.isLostPlan, pending.lostPlans < lostPlansMax, !pending.isInTransaction else {
                return settle(pending, .failure(failure), from: connection)
            }
            pending.lostPlans += 1
            sendAgain(pending)
        } else if let rows = pending.rows {
            settle(pending, .success(rows), from: connection)
        } else if let cause = pending.abortedBy, cause.isLockTimeout, cause.statement == pending.request.statement.name
        {
            settle(pending, .failure(cause), from: connection)  // It would wait for the same lock.
        } else if pending.isRead, !pending.isAlone {
            sendAgain(pending)  // Another request in the group failed and rolled this one back.
        } else {
            settle(pending, .failure(lost(pending, because: .connectionLost)), from: connection)
        }
    }

    /// Retries a write of a failed group as an exclusive write.
    ///
    /// The server applied no write of the group. The pool retries the failed write too: its error may come from a
    /// conflict with another write in the group.
    private func leaveGroup(_ pending: Pending, because cause: DatabaseError, from connection: Connection) {
        if pending.failure != nil { noteFailure(of: pending) }
        sendAgain(pending)
        retire(connection, ifUnfitAfter: cause)
    }

    private func noteFailure(of write: Pending) {
        if let conflictKey = write.conflictKey { writes.noteFailure(in: conflictKey, at: now) }
    }

    /// Closes a connection, and fails or retries its requests in flight.
    func lose(_ connection: Connection, because reason: DatabaseError.Reason) {
        guard connection.isReady else { return }
        counters.connectionsLost += 1
        for (key, lease) in leases where lease.connection === connection {
            leases[key]?.connection = nil
            leases[key]?.fail(with: DatabaseError(statement: "transaction", reason: reason))
        }
        let pendings = connection.drop(at: now)
        reportLost(because: reason, underWay: pendings.count)
        let isUndone = connection.role == .group && pendings.contains { $0.failure?.reason == .server }
        for pending in pendings {
            if pending.isAnswered {
                writes.leave(pending, at: now)
            } else {
                // The server rejected one request of the group, so it applied none of them.
                if isUndone { pending.reset() }
                judgeLost(pending, from: connection, because: reason)
            }
        }
    }

    private func judgeLost(_ pending: Pending, from connection: Connection, because reason: DatabaseError.Reason) {
        if let failure = pending.failure, failure.reason == .server {
            return settle(pending, .failure(failure), from: connection)  // The server rejected it before the loss.
        }
        let isHarmless = pending.isRead || (!pending.wasSent && !pending.isInTransaction)
        guard isHarmless, pending.losses < Self.lossesMax, now < pending.expiry, reason != .closing else {
            return settle(pending, .failure(lost(pending, because: reason)), from: connection)
        }
        pending.losses += 1
        sendAgain(pending)
    }

    /// Returns a request without effect to its queue. The pool then sends it in its own group.
    private func sendAgain(_ pending: Pending) {
        counters.resent += 1
        pending.reset()
        pending.isAlone = true
        pending.isWaiting(until: now + configuration.poolWait)
        if case .begin(let transaction) = pending.request.kind {
            leases.removeValue(forKey: ObjectIdentifier(transaction))?.connection?.isLeased = false
        }
        switch pending.request.kind {
        case .list: lists.putBack(pending)
        case .read, .lookup: reads.putBack(pending)
        default: writes.putBack(pending, at: now)
        }
    }

    private func lost(_ pending: Pending, because reason: DatabaseError.Reason) -> DatabaseError {
        DatabaseError(
            statement: pending.request.statement.name,
            sqlState: pending.failure?.sqlState,
            severity: pending.failure?.severity ?? "FATAL",
            outcome: pending.wasSent && pending.request.commits ? .unknown : .notApplied,
            reason: reason,
            message: pending.failure?.message ?? "")
    }

    /// Releases the resources of a request and completes it.
    private func settle(_ pending: Pending, _ outcome: Request.Answer, from connection: Connection) {
        switch (pending.request.kind, outcome) {
        case (.read, _), (.lookup, _), (.list, _), (.step, .success), (.begin, .success): break
        case (.write, .success): writes.leave(pending, at: now)
        case (.write, .failure):
            noteFailure(of: pending)
            writes.leave(pending, at: now)
        case (.step(let transaction), .failure(let failure)):
            leases[ObjectIdentifier(transaction)]?.fail(with: failure)
        case (.begin(let transaction), .failure), (.end(let transaction, _), _):
            leases[ObjectIdentifier(transaction)] = nil
            connection.isLeased = false
            writes.leave(pending, at: now)
        }
        answer(pending, outcome)
        let failure: DatabaseError? = if case .failure(let failure) = outcome { failure } else { nil }
        retire(connection, ifUnfitAfter: failure)
    }

    /// Closes a connection that cannot serve the next request.
    ///
    /// Either it is still in a transaction without an owner, or its server became read-only (25006). The pool then
    /// looks for the primary host.
    private func retire(_ connection: Connection, ifUnfitAfter failure: DatabaseError?) {
        guard connection.role != .read, connection.isReady, connection.groups == 0 else { return }
        if failure?.sqlState == "25006" || (!connection.isLeased && connection.isInTransaction) {
            lose(connection, because: .connectionLost)
        }
    }
}
