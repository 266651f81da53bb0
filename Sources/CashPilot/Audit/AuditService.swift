/// Reads the audit trail and the record of open conflicts.
package struct AuditService: Sendable {
    private let store: any AuditStore

    package init(store: any AuditStore) { self.store = store }

    /// Returns audit events of all businesses, newest first.
    ///
    /// - Throws: ``DomainError/forbidden`` for a cashier.
    package func events(
        _ query: AuditQuery, after cursor: Cursor<AuditEvent>?, limit: Int, for caller: Caller
    ) async throws -> Page<AuditEvent, AuditEvent> {
        guard let seen = try await store.events(query, after: cursor, limit: limit + 1, for: caller.id) else {
            throw DomainError.callerInactive
        }
        guard seen.role == .admin else { throw DomainError.forbidden }
        return page(seen.value, limit)
    }

    /// Returns the audit events of one session, newest first. Administrators and the session's cashier may read them.
    package func trail(
        of session: SessionID, in business: BusinessID, after cursor: Cursor<AuditEvent>?, limit: Int,
        for caller: Caller
    ) async throws -> Page<AuditEvent, AuditEvent> {
        guard
            let seen = try await store.trail(
                of: session, in: business, after: cursor, limit: limit + 1, for: caller.id)
        else { throw DomainError.callerInactive }
        guard seen.seesBusiness else { throw DomainError.businessNotFound }
        guard let trail = seen.value else { throw DomainError.sessionNotFound }
        guard seen.role == .admin || trail.cashier == caller.id else { throw DomainError.forbidden }
        guard seen.role == .admin || !trail.isDeleted else { throw DomainError.sessionNotFound }
        return page(trail.events, limit)
    }

    /// Returns the open conflicts of a business, counted, newest first. A cashier sees only their own.
    ///
    /// - Throws: ``DomainError/forbidden`` if a cashier requests a colleague's conflicts.
    package func conflicts(
        of cashier: UserID?, in business: BusinessID, after cursor: Cursor<OpenConflict>?, limit: Int,
        for caller: Caller
    ) async throws -> Page<OpenConflict, OpenConflict> {
        guard
            let seen = try await store.conflicts(
                of: cashier, in: business, after: cursor, limit: limit + 1, for: caller.id)
        else { throw DomainError.callerInactive }
        guard seen.seesBusiness else { throw DomainError.businessNotFound }
        guard seen.role == .admin || (cashier ?? caller.id) == caller.id else { throw DomainError.forbidden }
        return Page(of: seen.value, limit: limit) { Cursor(instant: $0.firstAt, id: $0.id) }
    }

    private func page(_ events: [AuditEvent], _ limit: Int) -> Page<AuditEvent, AuditEvent> {
        Page(of: events, limit: limit) { Cursor(instant: $0.occurredAt, id: $0.id) }
    }
}
