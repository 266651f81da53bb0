/// The decisions under ``SessionService``'s verbs: pure, but for the reads that they name.
extension SessionService {
    /// Looks, and refuses who may not even ask.
    func look(_ order: OpenOrder) async throws -> OpenLook {
        guard let look = try await store.look(order) else { throw Refusal.callerInactive }
        guard look.seesBusiness else { throw Refusal.businessNotFound }
        guard look.role == .admin || (order.cashier == order.caller.id && order.openedAt == nil) else {
            throw Refusal.forbidden
        }
        return look
    }

    /// One try to open: a look, and then a write, or the session in the way, or a refusal.
    ///
    /// - Returns: `nil` if something changed between the two: look again.
    func attempt(
        _ order: OpenOrder, as id: SessionID, audit: AuditEventID, resuming: Bool
    ) async throws -> Answer? {
        let look = try await look(order)
        if let fingerprint = look.fingerprint, let key = order.key {
            return try await replay(key, fingerprint: fingerprint, .open, in: order.business, for: order.caller)
        }
        try check(order, after: look)
        if let blocker = look.blocker {
            if blocker.session == id { return try await opened(id, by: order) }
            guard resuming else {
                throw conflicts.refusal(of: order.caller, by: blocker, role: look.role, at: look.instant)
            }
            return try await resume(order)  // Nothing, if it was closed since the look.
        }
        switch try await store.open(order, as: id, audit: audit) {
        case .opened(let session, let role):
            return Answer(
                session: session, actions: session.allowedActions(for: order.caller.id, role: role), isReplay: false)
        case .requestInFlight: throw Refusal.requestInFlight
        case .lookAgain: return nil
        }
    }

    /// The session that an earlier try opened; `nil` if it did not.
    func opened(_ id: SessionID, by order: OpenOrder) async throws -> Answer? {
        guard let seen = try await store.session(id, in: order.business, for: order.caller.id),
            let session = seen.value
        else { return nil }
        try await store.awaitStandby()
        return Answer(
            session: session, actions: session.allowedActions(for: order.caller.id, role: seen.role), isReplay: false)
    }

    /// Refuses what the rules refuse whatever stands open. A kept answer comes before: what was opened was opened.
    func check(_ order: OpenOrder, after look: OpenLook) throws(Refusal) {
        guard look.isBusinessActive else { throw .businessInactive }
        guard look.isCashierReady else { throw .cashierNotInBusiness }
        guard order.openedAt ?? look.instant <= look.instant else { throw .openedTooLate }
    }

    /// The session in the way, as an answer; `nil` if it is gone by now.
    func resume(_ order: OpenOrder) async throws -> Answer? {
        let seen =
            if let key = order.key {
                try await store.resume(order, keeping: key)
            } else {
                try await store.current(of: order.cashier, in: order.business, for: order.caller.id)
            }
        guard let seen, let session = seen.value else { return nil }
        return Answer(
            session: session, actions: session.allowedActions(for: order.caller.id, role: seen.role),
            isReplay: false, isNew: false)
    }

    /// The first answer to a key again.
    ///
    /// - Throws: ``Refusal/keyReused`` if the first request was another.
    func replay(
        _ key: IdempotencyKey, fingerprint: [UInt8], _ operation: Operation, in business: BusinessID,
        for caller: Caller
    ) async throws -> Answer {
        guard fingerprint == key.fingerprint else { throw Refusal.keyReused }
        guard
            let kept = try await store.answerKept(for: key, operation: operation, business: business, caller: caller.id)
        else { throw Refusal.busy }  // Its seven days ended between the two reads.
        return try await answer(kept, to: key, for: caller)
    }

    func answer(_ kept: KeptAnswer, to key: IdempotencyKey, for caller: Caller) async throws -> Answer {
        guard kept.fingerprint == key.fingerprint else { throw Refusal.keyReused }
        try await store.awaitStandby()
        return kept.answer(to: caller)
    }

    /// The session, if the caller may see it: their own, or any to an administrator.
    func visible(_ seen: Seen<Session?>, to caller: Caller) throws(Refusal) -> Session {
        guard let session = seen.value else { throw .sessionNotFound }
        guard seen.role == .admin || session.cashier == caller.id else { throw .forbidden }
        guard seen.role == .admin || session.deletion == nil else { throw .sessionNotFound }
        return session
    }

    /// A refusal that would stand without it comes before a version that does not match (RFC 9110, 13.2.1).
    func whyNotClosed(_ session: Session, expecting versions: [Int64]?) -> Refusal {
        if session.status == .closed { return .alreadyClosed(session) }
        if session.deletion != nil { return .notOpen(session) }
        if let versions, !versions.contains(session.version) { return .versionMismatch(current: session.version) }
        return .busy
    }
}
