/// Opens, closes and reads cash sessions.
package struct SessionService: Sendable {
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
    /// - Parameter resuming: return the existing session instead of a conflict.
    /// - Returns: a conflict if the cashier has an open session in the business, also for administrators.
    /// - Throws: ``DomainError/busy`` if every attempt lost a race.
    package func open(_ request: OpenRequest, resuming: Bool = false) async throws -> ChangeResult<OpenResult> {
        let (id, audit): (SessionID, AuditEventID) = (ids.make(), ids.make())
        let result = try await OnceOnly(store: store, key: request.key).run {
            (isRetry) -> OnceOnly.Attempt<OpenResult> in
            // An earlier attempt may have opened the session, which may even be closed by now.
            if isRetry, let session = try await opened(id, by: request) { return .made(.opened(session)) }
            return try await attempt(request, as: id, audit: audit, resuming: resuming)
        }
        if case .conflict(let conflict) = result.value { conflicts.record(conflict, of: request.caller) }
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
    package func current(
        of cashier: UserID, in business: BusinessID, for caller: Caller
    ) async throws -> SessionView {
        let read = try Authorized.checked(try await store.current(of: cashier, in: business, for: caller.id))
        try SessionPolicy.checkRead(of: cashier, by: caller.id, role: read.role)
        guard let session = read.value else { throw DomainError.noOpenSession }
        return SessionView(session, for: caller.id, role: read.role)
    }

    /// One session.
    package func session(_ id: SessionID, in business: BusinessID, for caller: Caller) async throws -> SessionView {
        let read = try Authorized.checked(try await store.session(id, in: business, for: caller.id))
        return SessionView(try SessionPolicy.visible(read, to: caller.id), for: caller.id, role: read.role)
    }

    /// Lists sessions of one business, or of every business the caller sees, newest first. A cashier sees only their
    /// own.
    package func list(
        _ query: SessionQuery, in business: BusinessID?, after cursor: Cursor<Session>?, limit: Int,
        for caller: Caller
    ) async throws -> Page<SessionView, Session> {
        let read = try Authorized.checked(
            try await store.list(query, in: business, after: cursor, limit: limit + 1, for: caller.id))
        try SessionPolicy.checkList(query, by: caller.id, role: read.role)
        let items = read.value.map { SessionView($0, for: caller.id, role: read.role) }
        return Page(of: items, limit: limit) { Cursor(instant: $0.session.openedAt, id: $0.session.id) }
    }
}
