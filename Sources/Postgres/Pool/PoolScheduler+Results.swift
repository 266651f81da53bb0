/// Completion, failure and retry of requests.
extension PoolScheduler {
    /// Maximum number of resends after a lost connection. Only reads and unsent requests are resent.
    ///
    /// An event that ends one backend often ends them all. So the second connection may also be dead, without a
    /// reported error.
    private static let lossesMax = 2

    // MARK: Results

    /// Completes, fails or retries the requests of the first `groupCount` groups of a connection. Their Syncs are
    /// complete.
    ///
    /// - Parameter isInTransaction: whether the server is in a transaction after these results.
    mutating func received(_ groupCount: Int, on connection: Int, isInTransaction: Bool) {
        connections[connection].isInTransaction = isInTransaction
        for _ in 0..<groupCount { finished.append(connections[connection].removeFirstGroup()) }
        for group in finished {
            group.abortAfterFailure()
            for request in group.requests { resolve(request, from: connection) }
        }
        finished.removeAll(keepingCapacity: true)
    }

    private mutating func resolve(_ request: InFlightRequest, from connection: Int) {
        if request.isTimedOut { return releaseTimedOut(request) }
        let role = connections[connection].role
        switch request.response {
        case .failure(let cause) where role == .group && cause.outcome == .notApplied:
            if let conflictKey = request.conflictKey { writes.noteFailure(in: conflictKey, at: now) }
            retryExclusively(request, because: cause, from: connection)
        case .aborted(let cause) where role == .group && cause.outcome == .notApplied:
            retryExclusively(request, because: cause, from: connection)
        case .failure(let failure):
            let lostPlansMax = connections.count { $0.role == role } + 1
            guard failure.isLostPlan, request.retries.lostPlans < lostPlansMax, !request.isInTransaction else {
                return finish(request, .failure(failure), from: connection)
            }
            request.retries.lostPlans += 1
            retry(request)
        case .rows(let rows): finish(request, .success(rows), from: connection)
        case .aborted(let cause) where cause.isLockTimeout && cause.statement == request.statement.name:
            finish(request, .failure(cause), from: connection)  // It would wait for the same lock.
        case .none, .aborted:
            // Another request in the group failed and rolled this one back.
            if request.isRead, !request.isRetry { return retry(request) }
            finish(request, .failure(lossError(of: request, .connectionLost)), from: connection)
        }
    }

    /// Retries a write of a failed group as an exclusive write.
    ///
    /// The server applied no write of the group. The pool retries the failed write too: its error may come from a
    /// conflict with another write in the group.
    private mutating func retryExclusively(
        _ request: InFlightRequest, because cause: DatabaseError, from connection: Int
    ) {
        retry(request)
        closeIfUnfit(connection, after: cause)
    }

    // MARK: Lost connections

    /// Closes a connection, and fails or retries its requests in flight.
    mutating func lost(_ connection: Int, because reason: DatabaseError.Reason) {
        guard connections[connection].isReady else { return }
        counters.connectionsLost += 1
        for (transaction, lease) in leases where lease.connection == connection {
            leases[transaction]?.connection = nil
            leases[transaction]?.fail(with: DatabaseError(statement: "transaction", reason: reason))
        }
        let (role, inFlight) = (connections[connection].role, connections[connection].inFlight)
        let groups = connections[connection].close(at: now)
        actions.append(.close(connection))
        if reason != .closing { actions.append(.report(.connectionLost(reason, inFlight: inFlight))) }
        for group in groups {
            // If the server rejected one write of a group commit, it applied none of them.
            let isUndone = role == .group && group.requests.contains { $0.failure?.reason == .server }
            for request in group.requests {
                if request.isTimedOut {
                    releaseTimedOut(request)
                } else {
                    if isUndone { request.markUndone() }
                    resolveLost(request, from: connection, because: reason)
                }
            }
        }
    }

    private mutating func resolveLost(
        _ request: InFlightRequest, from connection: Int, because reason: DatabaseError.Reason
    ) {
        if let failure = request.failure, failure.reason == .server {
            return finish(request, .failure(failure), from: connection)  // The server rejected it before the loss.
        }
        let isHarmless = request.isRead || (!request.wasSent && !request.isInTransaction)
        guard isHarmless, request.retries.lostConnections < Self.lossesMax, now < request.expiry, reason != .closing
        else {
            return finish(request, .failure(lossError(of: request, reason)), from: connection)
        }
        request.retries.lostConnections += 1
        retry(request)
    }

    /// Closes a connection that cannot serve the next request.
    ///
    /// It is still in a transaction without an owner, or its server became read-only (25006). The pool then looks for
    /// the primary host.
    private mutating func closeIfUnfit(_ connection: Int, after failure: DatabaseError?) {
        guard connections[connection].role != .read, connections[connection].isIdle else { return }
        let isAbandoned = connections[connection].isInTransaction && !connections[connection].isLeased
        if isAbandoned || failure?.sqlState == "25006" { lost(connection, because: .connectionLost) }
    }

    // MARK: Retry

    /// Puts a request that the server did not apply back into its queue. The pool then sends it in its own group.
    private mutating func retry(_ request: InFlightRequest) {
        counters.resent += 1
        request.retries.count += 1
        request.phase = .waiting(until: min(now + configuration.poolWait, request.expiry))
        if case .begin(let transaction) = request.kind { endLease(of: transaction) }
        switch request.kind {
        case .list: lists.putBack(request)
        case .read, .lookup: request.isAnonymous ? anonymousReads.putBack(request) : reads.putBack(request)
        case .write, .begin, .step, .end: writes.putBack(request, at: now)
        }
    }

    // MARK: Completion

    /// Releases the resources of a request and completes it.
    private mutating func finish(_ request: InFlightRequest, _ completion: Request.Completion, from connection: Int) {
        switch (request.kind, completion) {
        case (.read, _), (.lookup, _), (.list, _), (.step, .success), (.begin, .success): break
        case (.write(let conflictKey), .failure):
            if let conflictKey { writes.noteFailure(in: conflictKey, at: now) }
            writes.leave(request, at: now)
        case (.write, .success): writes.leave(request, at: now)
        case (.step(let transaction), .failure(let failure)): leases[transaction]?.fail(with: failure)
        case (.begin(let transaction), .failure), (.end(let transaction, _), _):
            endLease(of: transaction)
            writes.leave(request, at: now)
        }
        complete(request, completion)
        let failure: DatabaseError? = if case .failure(let failure) = completion { failure } else { nil }
        closeIfUnfit(connection, after: failure)
    }

    private mutating func endLease(of transaction: Transaction.Identity) {
        guard let connection = leases.removeValue(forKey: transaction)?.connection else { return }
        connections[connection].isLeased = false
    }

    mutating func complete(_ request: InFlightRequest, _ completion: Request.Completion) {
        request.phase = .completed
        deliver(completion, to: request)
    }

    /// Fails an unsent request with an error of the driver.
    mutating func reject(_ request: InFlightRequest, _ reason: DatabaseError.Reason) {
        complete(request, .failure(unsentError(of: request, reason)))
    }

    /// Fails a sent request whose request deadline passed.
    ///
    /// Its shared connection stays open. A write counts toward the limit of its conflict key until its result arrives.
    mutating func timeOut(_ request: InFlightRequest) {
        guard case .sent(let until, let response) = request.phase else { return }
        let failure = lossError(of: request, .deadline)
        request.phase = .timedOut(until: until, response)
        deliver(.failure(failure), to: request)
    }

    private mutating func releaseTimedOut(_ request: InFlightRequest) {
        request.phase = .completed
        writes.leave(request, at: now)
    }

    private mutating func deliver(_ completion: Request.Completion, to request: InFlightRequest) {
        uncompleted -= 1
        if case .failure(let failure) = completion, failure.outcome == .unknown { counters.unknownOutcomes += 1 }
        actions.append(.complete(request, completion))
    }

    // MARK: Errors

    func unsentError(of request: InFlightRequest, _ reason: DatabaseError.Reason) -> DatabaseError {
        DatabaseError(statement: request.statement.name, reason: reason)
    }

    /// The error of a request without a final response. A commit that was sent has an unknown outcome.
    func lossError(of request: InFlightRequest, _ reason: DatabaseError.Reason) -> DatabaseError {
        let failure = request.failure
        return DatabaseError(
            statement: request.statement.name,
            sqlState: failure?.sqlState,
            severity: failure?.severity ?? "FATAL",
            outcome: request.wasSent && request.request.commits ? .unknown : .notApplied,
            reason: reason,
            message: failure?.message ?? "")
    }
}
