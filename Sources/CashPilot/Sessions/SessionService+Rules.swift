/// The steps and rules of ``SessionService``.
extension SessionService {
    /// Runs the precheck and rejects callers that may not open this session.
    func precheck(_ request: OpenRequest) async throws -> OpenPrecheck {
        guard let precheck = try await store.precheck(request) else { throw DomainError.callerInactive }
        guard precheck.seesBusiness else { throw DomainError.businessNotFound }
        guard precheck.role == .admin || (request.cashier == request.caller.id && request.openedAt == nil) else {
            throw DomainError.forbidden
        }
        return precheck
    }

    /// Runs one attempt to open: a precheck, then the insert, a resume or a conflict.
    ///
    /// - Returns: `nil` if the state changed between the precheck and the insert. The caller must run the precheck
    ///   again.
    func attempt(
        _ request: OpenRequest, as id: SessionID, audit: AuditEventID, resuming: Bool
    ) async throws -> Answer? {
        let precheck = try await precheck(request)
        if let fingerprint = precheck.fingerprint, let key = request.key {
            return try await replay(key, fingerprint: fingerprint, .open, in: request.business, for: request.caller)
        }
        try check(request, after: precheck)
        if let existing = precheck.existing {
            if existing.session == id { return try await opened(id, by: request) }
            guard resuming else {
                throw conflicts.refusal(of: request.caller, by: existing, role: precheck.role, at: precheck.instant)
            }
            return try await resume(request)  // `nil` if it was closed after the precheck.
        }
        switch try await store.open(request, as: id, audit: audit) {
        case .opened(let session, let role):
            return Answer(
                session: session, actions: session.allowedActions(for: request.caller.id, role: role), isReplay: false)
        case .requestInFlight: throw DomainError.requestInFlight
        case .checkAgain: return nil
        }
    }

    /// Returns the session that an earlier attempt opened; `nil` if there is none.
    func opened(_ id: SessionID, by request: OpenRequest) async throws -> Answer? {
        guard let seen = try await store.session(id, in: request.business, for: request.caller.id),
            let session = seen.value
        else { return nil }
        try await store.waitForReplication()
        return Answer(
            session: session, actions: session.allowedActions(for: request.caller.id, role: seen.role), isReplay: false)
    }

    /// Checks the rules that do not depend on an existing session. Stored responses are replayed before this check.
    func check(_ request: OpenRequest, after precheck: OpenPrecheck) throws(DomainError) {
        guard precheck.isBusinessActive else { throw .businessInactive }
        guard precheck.isCashierReady else { throw .cashierNotInBusiness }
        guard request.openedAt ?? precheck.instant <= precheck.instant else { throw .openedTooLate }
    }

    /// Returns the existing session; `nil` if it is no longer open.
    func resume(_ request: OpenRequest) async throws -> Answer? {
        let seen =
            if let key = request.key {
                try await store.resume(request, keeping: key)
            } else {
                try await store.current(of: request.cashier, in: request.business, for: request.caller.id)
            }
        guard let seen, let session = seen.value else { return nil }
        return Answer(
            session: session, actions: session.allowedActions(for: request.caller.id, role: seen.role),
            isReplay: false, isNew: false)
    }

    /// Replays the stored response for a key.
    ///
    /// - Throws: ``DomainError/keyReused`` if the first request was different.
    func replay(
        _ key: IdempotencyKey, fingerprint: [UInt8], _ operation: Operation, in business: BusinessID,
        for caller: Caller
    ) async throws -> Answer {
        guard fingerprint == key.fingerprint else { throw DomainError.keyReused }
        guard
            let kept = try await store.storedResponse(
                for: key, operation: operation, business: business, caller: caller.id)
        else { throw DomainError.busy }  // The response expired (7 days) between the two reads.
        return try await answer(kept, to: key, for: caller)
    }

    func answer(_ kept: StoredResponse, to key: IdempotencyKey, for caller: Caller) async throws -> Answer {
        guard kept.fingerprint == key.fingerprint else { throw DomainError.keyReused }
        try await store.waitForReplication()
        return kept.answer(to: caller)
    }

    /// Returns the session if the caller may see it: their own, or any session for an administrator.
    func visible(_ seen: Authorized<Session?>, to caller: Caller) throws(DomainError) -> Session {
        guard let session = seen.value else { throw .sessionNotFound }
        guard seen.role == .admin || session.cashier == caller.id else { throw .forbidden }
        guard seen.role == .admin || session.deletion == nil else { throw .sessionNotFound }
        return session
    }

    /// Other errors take precedence over a version mismatch (RFC 9110, 13.2.1).
    func whyNotClosed(_ session: Session, expecting versions: [Int64]?) -> DomainError {
        if session.status == .closed { return .alreadyClosed(session) }
        if session.deletion != nil { return .notOpen(session) }
        if let versions, !versions.contains(session.version) { return .versionMismatch(current: session.version) }
        return .busy
    }
}
