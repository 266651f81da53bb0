/// Opens, closes and reads cash sessions.
package struct SessionService: Sendable {
    /// The maximum number of attempts to open. After a lost race, the next precheck usually sees the winner.
    static let openAttemptsMax = 3

    let store: any SessionStore
    let conflicts: ConflictRecorder
    let ids: IDMaker

    package init(store: any SessionStore, conflicts: ConflictRecorder, ids: IDMaker) {
        self.store = store
        self.conflicts = conflicts
        self.ids = ids
    }

    /// Opens a session.
    ///
    /// The precheck costs one read and explains a conflict; it decides nothing. The insert checks again, and the
    /// one-open index decides, so only one of two concurrent opens succeeds.
    ///
    /// If the connection breaks, the next attempt first looks for a session with this id. If it exists, the earlier
    /// attempt succeeded, and the service returns that session. There are at most 3 attempts in all.
    ///
    /// - Parameter resuming: return the existing session instead of throwing a conflict.
    /// - Throws: ``DomainError/alreadyOpen(_:)``, also for administrators; ``DomainError/busy`` if every attempt lost a
    ///   race.
    package func open(_ request: OpenRequest, resuming: Bool = false) async throws -> Answer {
        let (id, audit): (SessionID, AuditEventID) = (ids.make(), ids.make())
        var unknownOutcome: StoreError?
        for _ in 0..<Self.openAttemptsMax {
            do {
                let isAgain = unknownOutcome != nil
                let answer: Answer? = try await retryingWhileInFlight(unknownOutcome) {
                    if isAgain, let answer = try await opened(id, by: request) { return answer }
                    return try await attempt(request, as: id, audit: audit, resuming: resuming)
                }
                if let answer { return answer }
            } catch let fault as StoreError {
                guard unknownOutcome == nil, fault.mayHaveCommitted else { throw unknownOutcome ?? fault }
                unknownOutcome = fault
            }
        }
        if let unknownOutcome { throw unknownOutcome }
        throw DomainError.busy
    }

    /// Closes a session with its count. A session's first close wins, because a count is evidence.
    ///
    /// - Throws: ``DomainError/alreadyClosed(_:)`` with the stored figures; ``DomainError/versionMismatch(current:)``.
    package func close(_ request: CloseRequest) async throws -> Answer {
        let audit: AuditEventID = ids.make()
        let outcome = try await retryingUnknownOutcome(in: store) {
            guard let outcome = try await store.close(request, audit: audit) else { throw DomainError.callerInactive }
            guard outcome.seen.seesBusiness else { throw DomainError.businessNotFound }
            guard outcome.isKeyFree || outcome.fingerprint != nil else { throw DomainError.requestInFlight }
            return outcome
        }
        if let fingerprint = outcome.fingerprint, let key = request.key {
            // A caller that lost access gets no replay. The cashier of a session deleted since then still gets one.
            let isOwn = outcome.seen.value?.cashier ?? request.caller.id == request.caller.id
            guard outcome.seen.role == .admin || isOwn else { throw DomainError.forbidden }
            return try await replay(key, fingerprint: fingerprint, .close, in: request.business, for: request.caller)
        }
        let session = try visible(outcome.seen, to: request.caller)
        if outcome.isClosedNow {
            return Answer(
                session: session, actions: session.allowedActions(for: request.caller.id, role: outcome.seen.role),
                isReplay: false)
        }
        // The first request with this key may have finished during the wait for the row lock.
        if let key = request.key,
            let kept = try await store.storedResponse(
                for: key, operation: .close, business: request.business, caller: request.caller.id)
        {
            return try await answer(kept, to: key, for: request.caller)
        }
        throw whyNotClosed(session, expecting: request.expectedVersions)
    }

    /// Returns the open session of a cashier in a business.
    ///
    /// - Throws: ``DomainError/noOpenSession``; ``DomainError/forbidden`` if a cashier requests a colleague's session.
    package func current(
        of cashier: UserID, in business: BusinessID, for caller: Caller
    ) async throws -> SessionView {
        guard let seen = try await store.current(of: cashier, in: business, for: caller.id) else {
            throw DomainError.callerInactive
        }
        guard seen.seesBusiness else { throw DomainError.businessNotFound }
        guard seen.role == .admin || cashier == caller.id else { throw DomainError.forbidden }
        guard let session = seen.value else { throw DomainError.noOpenSession }
        return SessionView(session: session, actions: session.allowedActions(for: caller.id, role: seen.role))
    }

    /// One session.
    package func session(_ id: SessionID, in business: BusinessID, for caller: Caller) async throws -> SessionView {
        guard let seen = try await store.session(id, in: business, for: caller.id) else {
            throw DomainError.callerInactive
        }
        guard seen.seesBusiness else { throw DomainError.businessNotFound }
        let session = try visible(seen, to: caller)
        return SessionView(session: session, actions: session.allowedActions(for: caller.id, role: seen.role))
    }

    /// Lists sessions of one business, or of every business the caller sees, newest first. A cashier sees only their
    /// own.
    package func list(
        _ query: SessionQuery, in business: BusinessID?, after cursor: Cursor<Session>?, limit: Int,
        for caller: Caller
    ) async throws -> Page<SessionView, Session> {
        guard
            let seen = try await store.list(query, in: business, after: cursor, limit: limit + 1, for: caller.id)
        else { throw DomainError.callerInactive }
        guard seen.seesBusiness else { throw DomainError.businessNotFound }
        guard seen.role == .admin || (!query.isDeleted && (query.cashier ?? caller.id) == caller.id) else {
            throw DomainError.forbidden
        }
        let items = seen.value.map {
            SessionView(session: $0, actions: $0.allowedActions(for: caller.id, role: seen.role))
        }
        return Page(of: items, limit: limit) { Cursor(instant: $0.session.openedAt, id: $0.session.id) }
    }
}
