/// What people do with cash sessions, in the shop's words: open, close, look up.
package struct SessionService: Sendable {
    /// How often an open is tried; after a lost race the next look usually sees the winner.
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
    /// The look explains a refusal at the price of one read; it decides nothing. The write looks for itself,
    /// and the unique index has the last word, so two that come together cannot both win.
    ///
    /// If the connection breaks under the write, it is tried once more under the same id: a session with that id is the
    /// first try's, and is the answer.
    ///
    /// - Parameter resuming: answer with the session in the way instead of refusing.
    /// - Throws: ``Refusal/alreadyOpen(_:)``, for administrators too; ``Refusal/busy`` if every attempt lost.
    package func open(_ order: OpenOrder, resuming: Bool = false) async throws -> Answer {
        let (id, audit): (SessionID, AuditEventID) = (ids.make(), ids.make())
        var uncertain: StoreFault?
        for _ in 0..<Self.openAttemptsMax {
            do {
                let isAgain = uncertain != nil
                let answer: Answer? = try await pastFirstTry(uncertain) {
                    if isAgain, let answer = try await opened(id, by: order) { return answer }
                    return try await attempt(order, as: id, audit: audit, resuming: resuming)
                }
                if let answer { return answer }
            } catch let fault as StoreFault {
                guard uncertain == nil, fault.canBeSettled else { throw uncertain ?? fault }
                uncertain = fault
            }
        }
        if let uncertain { throw uncertain }
        throw Refusal.busy
    }

    /// Closes a session with its count. A count is evidence, so it is written once.
    ///
    /// - Throws: ``Refusal/alreadyClosed(_:)`` with the figures that stand; ``Refusal/versionMismatch(current:)``.
    package func close(_ order: CloseOrder) async throws -> Answer {
        let audit: AuditEventID = ids.make()
        let outcome = try await settled(in: store) {
            guard let outcome = try await store.close(order, audit: audit) else { throw Refusal.callerInactive }
            guard outcome.seen.seesBusiness else { throw Refusal.businessNotFound }
            guard outcome.isKeyFree || outcome.fingerprint != nil else { throw Refusal.requestInFlight }
            return outcome
        }
        if let fingerprint = outcome.fingerprint, let key = order.key {
            // Not to somebody who may no longer see it; but also if it was deleted since.
            let isOwn = outcome.seen.value?.cashier ?? order.caller.id == order.caller.id
            guard outcome.seen.role == .admin || isOwn else { throw Refusal.forbidden }
            return try await replay(key, fingerprint: fingerprint, .close, in: order.business, for: order.caller)
        }
        let session = try visible(outcome.seen, to: order.caller)
        if outcome.isClosedNow {
            return Answer(
                session: session, actions: session.allowedActions(for: order.caller.id, role: outcome.seen.role),
                isReplay: false)
        }
        // The first request with this key may have finished while this one waited for the row.
        if let key = order.key,
            let kept = try await store.answerKept(
                for: key, operation: .close, business: order.business, caller: order.caller.id)
        {
            return try await answer(kept, to: key, for: order.caller)
        }
        throw whyNotClosed(session, expecting: order.expectedVersions)
    }

    /// The open session of a cashier in a business.
    ///
    /// - Throws: ``Refusal/noOpenSession``; ``Refusal/forbidden`` if a cashier asks for a colleague's.
    package func current(
        of cashier: UserID, in business: BusinessID, for caller: Caller
    ) async throws -> SeenSession {
        guard let seen = try await store.current(of: cashier, in: business, for: caller.id) else {
            throw Refusal.callerInactive
        }
        guard seen.seesBusiness else { throw Refusal.businessNotFound }
        guard seen.role == .admin || cashier == caller.id else { throw Refusal.forbidden }
        guard let session = seen.value else { throw Refusal.noOpenSession }
        return SeenSession(session: session, actions: session.allowedActions(for: caller.id, role: seen.role))
    }

    /// One session.
    package func session(_ id: SessionID, in business: BusinessID, for caller: Caller) async throws -> SeenSession {
        guard let seen = try await store.session(id, in: business, for: caller.id) else {
            throw Refusal.callerInactive
        }
        guard seen.seesBusiness else { throw Refusal.businessNotFound }
        let session = try visible(seen, to: caller)
        return SeenSession(session: session, actions: session.allowedActions(for: caller.id, role: seen.role))
    }

    /// Sessions, newest first: of one business, or of all that the caller sees. A cashier sees their own.
    package func list(
        _ query: SessionQuery, in business: BusinessID?, after cursor: Cursor<Session>?, limit: Int,
        for caller: Caller
    ) async throws -> Page<SeenSession, Session> {
        guard
            let seen = try await store.list(query, in: business, after: cursor, limit: limit + 1, for: caller.id)
        else { throw Refusal.callerInactive }
        guard seen.seesBusiness else { throw Refusal.businessNotFound }
        guard seen.role == .admin || (!query.isDeleted && (query.cashier ?? caller.id) == caller.id) else {
            throw Refusal.forbidden
        }
        let items = seen.value.map {
            SeenSession(session: $0, actions: $0.allowedActions(for: caller.id, role: seen.role))
        }
        return Page(of: items, limit: limit) { Cursor(instant: $0.session.openedAt, id: $0.session.id) }
    }
}
