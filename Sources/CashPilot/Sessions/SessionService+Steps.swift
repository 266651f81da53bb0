/// The steps of ``SessionService``.
extension SessionService {
    /// Runs one attempt to open: a precheck, then the insert, a resume or a conflict.
    func attempt(
        _ request: OpenRequest, as id: SessionID, audit: AuditEventID, resuming: Bool
    ) async throws -> OnceOnly.Attempt<OpenResult> {
        let precheck = try await precheck(request)
        if precheck.fingerprint != nil { return .stored(try await stored(request)) }
        try check(request, after: precheck)
        if let conflict = precheck.conflict(for: request.caller) {
            if conflict.existing.id == id {
                return try await opened(id, by: request).map { .made(.opened($0)) } ?? .lostRace
            }
            guard resuming else { return .unchanged(.conflict(conflict)) }
            // The existing session may have closed after the precheck.
            return try await resume(request).map { .made(.resumed($0)) } ?? .lostRace
        }
        switch try await store.open(request, as: id, audit: audit) {
        case .opened(let session, let role):
            return .made(.opened(SessionView(session, for: request.caller.id, role: role)))
        case .requestInFlight: throw DomainError.requestInFlight
        case .checkAgain: return .lostRace
        }
    }

    /// Runs the precheck and rejects callers that may not open this session.
    private func precheck(_ request: OpenRequest) async throws -> OpenPrecheck {
        guard let precheck = try await store.precheck(request) else { throw DomainError.callerInactive }
        guard precheck.seesBusiness else { throw DomainError.businessNotFound }
        try SessionPolicy.checkOpen(request, role: precheck.role)
        return precheck
    }

    /// Checks the rules that do not depend on an existing session. Stored responses are replayed before this check.
    private func check(_ request: OpenRequest, after precheck: OpenPrecheck) throws(DomainError) {
        guard precheck.isBusinessActive else { throw .businessInactive }
        guard precheck.isCashierReady else { throw .cashierNotInBusiness }
        guard request.openedAt ?? precheck.instant <= precheck.instant else { throw .openedTooLate }
    }

    /// Returns the session that an earlier attempt opened; `nil` if there is none.
    func opened(_ id: SessionID, by request: OpenRequest) async throws -> SessionView? {
        guard let read = try await store.session(id, in: request.business, for: request.caller.id),
            let session = read.value
        else { return nil }
        return SessionView(session, for: request.caller.id, role: read.role)
    }

    /// Returns the existing session; `nil` if it is no longer open.
    private func resume(_ request: OpenRequest) async throws -> SessionView? {
        let read =
            if let key = request.key {
                try await store.resume(request, keeping: key)
            } else {
                try await store.current(of: request.cashier, in: request.business, for: request.caller.id)
            }
        guard let read, let session = read.value else { return nil }
        return SessionView(session, for: request.caller.id, role: read.role)
    }

    /// Reads the response that is stored for the key of an open.
    private func stored(_ request: OpenRequest) async throws -> OnceOnly.Stored<OpenResult> {
        guard let key = request.key,
            let response = try await store.storedResponse(
                for: key, operation: .open, business: request.business, caller: request.caller.id)
        else { throw DomainError.busy }  // The response expired (7 days) between the two reads.
        let session = response.view(for: request.caller)
        return .init(fingerprint: response.fingerprint, value: response.isNew ? .opened(session) : .resumed(session))
    }

    /// Reads the response that is stored for the key of a close; `nil` if there is none.
    func stored(_ request: CloseRequest) async throws -> OnceOnly.Stored<SessionView>? {
        guard let key = request.key else { return nil }
        let response = try await store.storedResponse(
            for: key, operation: .close, business: request.business, caller: request.caller.id)
        return response.map { .init(fingerprint: $0.fingerprint, value: $0.view(for: request.caller)) }
    }

    /// Other errors take precedence over a version mismatch (RFC 9110, 13.2.1).
    func whyNotClosed(_ session: Session, expecting versions: [Int64]?) -> DomainError {
        if session.status == .closed { return .alreadyClosed(session) }
        if session.deletion != nil { return .notOpen(session) }
        if let versions, !versions.contains(session.version) { return .versionMismatch(current: session.version) }
        return .busy
    }
}
