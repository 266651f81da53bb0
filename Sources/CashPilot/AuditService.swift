/// Reading what happened: the audit trail, and the opens that were refused.
package struct AuditService: Sendable {
    private let store: any AuditStore

    package init(store: any AuditStore) { self.store = store }

    /// Audit events of all businesses, newest first.
    ///
    /// - Throws: ``Refusal/forbidden`` to a cashier.
    package func events(
        _ query: AuditQuery, after cursor: Cursor<AuditEvent>?, limit: Int, for caller: Caller
    ) async throws -> Page<AuditEvent, AuditEvent> {
        guard let seen = try await store.events(query, after: cursor, limit: limit + 1, for: caller.id) else {
            throw Refusal.callerInactive
        }
        guard seen.role == .admin else { throw Refusal.forbidden }
        return page(seen.value, limit)
    }

    /// What happened to one session, newest first: to its cashier, as long as they may see it, and to administrators.
    package func trail(
        of session: SessionID, in business: BusinessID, after cursor: Cursor<AuditEvent>?, limit: Int,
        for caller: Caller
    ) async throws -> Page<AuditEvent, AuditEvent> {
        guard
            let seen = try await store.trail(
                of: session, in: business, after: cursor, limit: limit + 1, for: caller.id)
        else { throw Refusal.callerInactive }
        guard seen.seesBusiness else { throw Refusal.businessNotFound }
        guard let trail = seen.value else { throw Refusal.sessionNotFound }
        guard seen.role == .admin || trail.cashier == caller.id else { throw Refusal.forbidden }
        guard seen.role == .admin || !trail.isDeleted else { throw Refusal.sessionNotFound }
        return page(trail.events, limit)
    }

    /// The opens that were refused in a business, counted, newest first. A cashier sees their own.
    ///
    /// - Throws: ``Refusal/forbidden`` if a cashier asks for a colleague's.
    package func conflicts(
        of cashier: UserID?, in business: BusinessID, after cursor: Cursor<OpenConflict>?, limit: Int,
        for caller: Caller
    ) async throws -> Page<OpenConflict, OpenConflict> {
        guard
            let seen = try await store.conflicts(
                of: cashier, in: business, after: cursor, limit: limit + 1, for: caller.id)
        else { throw Refusal.callerInactive }
        guard seen.seesBusiness else { throw Refusal.businessNotFound }
        guard seen.role == .admin || (cashier ?? caller.id) == caller.id else { throw Refusal.forbidden }
        return Page(of: seen.value, limit: limit) { Cursor(instant: $0.firstAt, id: $0.id) }
    }

    private func page(_ events: [AuditEvent], _ limit: Int) -> Page<AuditEvent, AuditEvent> {
        Page(of: events, limit: limit) { Cursor(instant: $0.occurredAt, id: $0.id) }
    }
}
