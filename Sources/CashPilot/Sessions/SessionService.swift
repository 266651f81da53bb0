/// Opens, closes and reads cash sessions.
package struct SessionService: Sendable {
    private let store: any SessionStore
    private let conflicts: ConflictRecorder
    private let ids: IDMaker

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
    /// - Parameter resuming: return the existing session instead of a conflict.
    /// - Returns: a conflict if the cashier has an open session in the business, also for administrators.
    /// - Throws: ``DomainError/busy`` if every attempt lost a race; for an open in the past also
    ///   ``DomainError/overlaps(_:)`` and ``DomainError/booksClosed``; ``DomainError/externalIDTaken``.
    package func open(_ request: OpenRequest, resuming: Bool = false) async throws -> ChangeResult<OpenResult> {
        let (id, audit): (SessionID, AuditEventID) = (ids.make(), ids.make())
        let result = try await OnceOnly(store: store, key: request.key).run {
            (isRetry) -> OnceOnly.Attempt<OpenResult> in
            // An earlier attempt may have opened the session, which may even be closed by now.
            if isRetry, let session = try await opened(id, by: request) { return .made(.opened(session)) }
            return try await attempt(request, as: id, audit: audit, resuming: resuming)
        }
        if case .conflict(let conflict) = result.value { record(conflict, of: request, isResumed: false) }
        return result
    }

    /// Closes a session with its count. A session's first close wins, because a count is evidence.
    ///
    /// - Throws: ``DomainError/alreadyClosed(_:)`` with the stored figures; ``DomainError/versionMismatch(current:)``.
    package func close(_ request: CloseRequest) async throws -> ChangeResult<SessionView> {
        let audit: AuditEventID = ids.make()
        return try await OnceOnly(store: store, key: request.key).run { _ in
            guard let result = try await store.close(request, audit: audit) else { throw DomainError.callerInactive }
            let closed = result.value
            guard closed.session.seesBusiness else { throw DomainError.businessNotFound }
            try result.checkKey()
            if result.fingerprint != nil {
                try SessionPolicy.checkReplay(of: .close, on: closed.session, to: request.caller.id)
                guard let stored = try await stored(request) else { throw DomainError.busy }  // It just expired.
                return .stored(stored)
            }
            let session = try SessionPolicy.visible(closed.session, to: request.caller.id)
            guard closed.isDone else { throw whyNotClosed(session, expecting: request.expectedVersions) }
            return .made(SessionView(session, for: request.caller.id, role: closed.session.role))
        } stored: {
            try await stored(request)
        }
    }

    /// Returns the open session of a cashier in a business.
    ///
    /// - Throws: ``DomainError/noOpenSession``; ``DomainError/forbidden`` if a cashier requests a colleague's session.
    package func current(of cashier: UserID, in business: BusinessID, for caller: Caller) async throws -> SessionView {
        let read = try Authorized.checked(try await store.current(of: cashier, in: business, for: caller))
        try SessionPolicy.checkRead(of: cashier, by: caller.id, role: read.role)
        guard let session = read.view(for: caller) else { throw DomainError.noOpenSession }
        return session
    }

    package func session(_ id: SessionID, in business: BusinessID, for caller: Caller) async throws -> SessionView {
        let read = try Authorized.checked(try await store.session(id, in: business, for: caller))
        return SessionView(try SessionPolicy.visible(read, to: caller.id), for: caller.id, role: read.role)
    }

    /// Lists sessions of one business, or of every business the caller sees, newest first. A cashier sees only their
    /// own.
    package func list(
        _ query: SessionQuery, in business: BusinessID?, after cursor: Cursor<Session>?, limit: Int,
        for caller: Caller
    ) async throws -> Page<SessionView, Session> {
        let read = try Authorized.checked(
            try await store.list(query, in: business, after: cursor, limit: limit + 1, for: caller))
        try SessionPolicy.checkList(query, by: caller.id, role: read.role)
        let items = read.value.map { SessionView($0, for: caller.id, role: read.role) }
        return Page(of: items, limit: limit) { Cursor(instant: $0.session.openedAt, id: $0.session.id) }
    }

    // MARK: Steps of an open

    /// Runs one attempt to open: a precheck, then the insert, a resume or a conflict.
    private func attempt(
        _ request: OpenRequest, as id: SessionID, audit: AuditEventID, resuming: Bool
    ) async throws -> OnceOnly.Attempt<OpenResult> {
        let precheck = try await precheck(request)
        if precheck.fingerprint != nil { return .stored(try await stored(request)) }
        try check(request, after: precheck)
        if let conflict = precheck.conflict(for: request.caller, refused: .open, terminal: request.terminal) {
            if conflict.existing.id == id {
                return try await opened(id, by: request).map { .made(.opened($0)) } ?? .lostRace
            }
            guard resuming else { return .unchanged(.conflict(conflict)) }
            // The existing session may have closed after the precheck.
            guard let session = try await resume(request) else { return .lostRace }
            // The client's float is not used, and a second drawer may be in use.
            record(conflict, of: request, isResumed: true)
            return .made(.resumed(session))
        }
        if let openedAt = request.openedAt {
            let check = try await store.backdateCheck(openedAt, of: request.cashier, in: request.business)
            try check.check(for: request.caller, refused: .backdate)
        }
        switch try await store.open(request, as: id, audit: audit) {
        case .opened(let session, let role):
            return .made(.opened(SessionView(session, for: request.caller.id, role: role)))
        case .requestInFlight: throw DomainError.requestInFlight
        case .externalIDTaken: return try await afterTakenID(request)
        case .checkAgain: return .lostRace
        }
    }

    /// Checks again after an insert whose external id was taken.
    ///
    /// A concurrent open of the same cashier, or an earlier request with the key, may have taken it. Its session or
    /// stored response is more useful to the client, and the next attempt returns it.
    private func afterTakenID(_ request: OpenRequest) async throws -> OnceOnly.Attempt<OpenResult> {
        let precheck = try await precheck(request)
        guard precheck.existing != nil || precheck.fingerprint != nil else { throw DomainError.externalIDTaken }
        return .lostRace
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

    private func record(_ conflict: SessionConflict, of request: OpenRequest, isResumed: Bool) {
        conflicts.record(conflict, of: request.caller, offering: request.initialCash, isResumed: isResumed)
    }

    /// Returns the session that an earlier attempt opened; `nil` if there is none.
    private func opened(_ id: SessionID, by request: OpenRequest) async throws -> SessionView? {
        try await store.session(id, in: request.business, for: request.caller)?.view(for: request.caller)
    }

    /// Returns the existing session; `nil` if it is no longer open.
    private func resume(_ request: OpenRequest) async throws -> SessionView? {
        let read =
            if let key = request.key {
                try await store.resume(request, keeping: key)
            } else {
                try await store.current(of: request.cashier, in: request.business, for: request.caller)
            }
        return read?.view(for: request.caller)
    }

    private func stored(_ request: OpenRequest) async throws -> OnceOnly.Stored<OpenResult> {
        let response = try await store.response(to: request.caller, for: request.key, of: .open, in: request.business)
        guard let response else { throw DomainError.busy }  // It expired (7 days) between the two reads.
        let session = response.view(for: request.caller)
        return .init(fingerprint: response.fingerprint, value: response.isNew ? .opened(session) : .resumed(session))
    }

    // MARK: Steps of a close

    private func stored(_ request: CloseRequest) async throws -> OnceOnly.Stored<SessionView>? {
        try await store.response(to: request.caller, for: request.key, of: .close, in: request.business)?
            .replay(to: request.caller)
    }

    /// Other errors take precedence over a version mismatch (RFC 9110, 13.2.1).
    private func whyNotClosed(_ session: Session, expecting versions: [Int64]?) -> DomainError {
        if session.status == .closed { return .alreadyClosed(session) }
        if session.deletion != nil { return .notOpen(session) }
        if session.facts.isInClosedBooks { return .booksClosed }
        if let versions, !versions.contains(session.version) { return .versionMismatch(current: session.version) }
        return .busy
    }
}

package enum OpenResult: Sendable {
    case opened(SessionView)
    /// The existing session, which the client asked for instead of a conflict (`on_conflict=resume`).
    case resumed(SessionView)
    /// The cashier already has an open session in the business. Nothing was written.
    case conflict(SessionConflict)
}
