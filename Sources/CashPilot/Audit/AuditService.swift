/// Reads the audit trail and the record of open conflicts.
package struct AuditService: Sendable {
    let store: any AuditStore

    /// Returns audit events of all businesses, newest first.
    ///
    /// - Throws: ``DomainError/forbidden`` for a cashier.
    package func events(
        _ query: AuditQuery, after cursor: Cursor<AuditEvent>?, limit: Int, for caller: Caller
    ) async throws -> Page<AuditEvent, AuditEvent> {
        let read = try await store.events(query, after: cursor, limit: limit + 1, for: caller)
        return page(try Authorized.administered(read), limit)
    }

    /// Returns the audit events of one session, newest first. Administrators and the session's cashier may read them.
    package func trail(
        of session: SessionID, in business: BusinessID, after cursor: Cursor<AuditEvent>?, limit: Int,
        for caller: Caller
    ) async throws -> Page<AuditEvent, AuditEvent> {
        let read = try Authorized.checked(
            try await store.trail(of: session, in: business, after: cursor, limit: limit + 1, for: caller))
        guard let trail = read.value else { throw DomainError.sessionNotFound }
        guard read.role == .admin || trail.cashier == caller.id else { throw DomainError.forbidden }
        guard read.role == .admin || !trail.isDeleted else { throw DomainError.sessionNotFound }
        return page(trail.events, limit)
    }

    /// Returns the open conflicts of a business, counted, newest first. A cashier sees only their own.
    ///
    /// - Throws: ``DomainError/forbidden`` if a cashier requests a colleague's conflicts.
    package func conflicts(
        of cashier: UserID?, in business: BusinessID, after cursor: Cursor<OpenConflict>?, limit: Int,
        for caller: Caller
    ) async throws -> Page<OpenConflict, OpenConflict> {
        let read = try Authorized.checked(
            try await store.conflicts(of: cashier, in: business, after: cursor, limit: limit + 1, for: caller))
        try SessionPolicy.checkRead(of: cashier ?? caller.id, by: caller.id, role: read.role)
        return Page(of: read.value, limit: limit) { Cursor(instant: $0.firstAt, id: $0.id) }
    }

    private func page(_ events: [AuditEvent], _ limit: Int) -> Page<AuditEvent, AuditEvent> {
        Page(of: events, limit: limit) { Cursor(instant: $0.occurredAt, id: $0.id) }
    }
}

/// Reads the audit trail. Each method runs one statement, which also checks the caller's access.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol AuditStore: Sendable {
    /// Returns up to `limit` events after `cursor`, newest first. The list is empty unless the caller is an
    /// administrator.
    ///
    /// - Returns: `nil` if the caller's bearer is not valid.
    func events(_ query: AuditQuery, after cursor: Cursor<AuditEvent>?, limit: Int, for caller: Caller)
        async throws -> Authorized<[AuditEvent]>?
    /// Returns up to `limit` events of one session after `cursor`, newest first, if the caller may see the session.
    func trail(
        of session: SessionID, in business: BusinessID, after cursor: Cursor<AuditEvent>?, limit: Int,
        for caller: Caller
    ) async throws -> Authorized<SessionTrail?>?
    /// Returns up to `limit` conflicts of a business after `cursor`, newest first. A cashier gets only their own.
    func conflicts(
        of cashier: UserID?, in business: BusinessID, after cursor: Cursor<OpenConflict>?, limit: Int,
        for caller: Caller
    ) async throws -> Authorized<[OpenConflict]>?
}

/// A session's audit events, with the facts that decide access to them.
package struct SessionTrail: Sendable {
    package let cashier: UserID
    package let isDeleted: Bool
    /// Empty if the caller may not see them.
    package let events: [AuditEvent]

    package init(cashier: UserID, isDeleted: Bool, events: [AuditEvent]) {
        self.cashier = cashier
        self.isDeleted = isDeleted
        self.events = events
    }
}

/// One permanent row of the audit trail.
package struct AuditEvent: Sendable {
    package let id: AuditEventID
    /// `nil` for an event that belongs to no business, such as a change of an account.
    package let business: BusinessID?
    package let occurredAt: Instant
    /// The operation, for example `session.open`.
    package let action: String
    /// The user that made the change; `nil` for an operator at the command line.
    package let actor: UserID?
    package let actorName: String?
    package let cashier: UserID?
    package let session: SessionID?
    /// The service's own id of the request.
    package let requestID: String?
    /// The id that the client gave the request; `nil` if it gave none.
    package let clientRequestID: String?
    package let terminal: String?
    package let reason: String?
    /// The row before and after the change, as JSON text; `nil` if there was none.
    package let before: String?
    package let after: String?

    package init(
        id: AuditEventID, business: BusinessID?, occurredAt: Instant, action: String, actor: UserID?,
        actorName: String?, cashier: UserID?, session: SessionID?, requestID: String?,
        clientRequestID: String? = nil, terminal: String?, reason: String?, before: String?, after: String?
    ) {
        self.id = id
        self.business = business
        self.occurredAt = occurredAt
        self.action = action
        self.actor = actor
        self.actorName = actorName
        self.cashier = cashier
        self.session = session
        self.requestID = requestID
        self.clientRequestID = clientRequestID
        self.terminal = terminal
        self.reason = reason
        self.before = before
        self.after = after
    }
}

/// A filter for audit events. A `nil` property filters nothing.
package struct AuditQuery: Sendable, Equatable {
    package var business: BusinessID?
    package var session: SessionID?
    package var actor: UserID?
    package var action: String?
    package var occurredFrom: Instant?
    /// Exclusive.
    package var occurredBefore: Instant?

    package init() {}
}
