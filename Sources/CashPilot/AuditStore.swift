/// Where the audit trail is read. Each method is one statement; who may see what is read in it.
///
/// - Throws: every method throws ``StoreFault`` if the store could not do its work.
package protocol AuditStore: Sendable {
    /// Up to `limit` events after `cursor`, newest first, if the caller is an administrator; `nil` if they are no
    /// active user.
    func events(_ query: AuditQuery, after cursor: Cursor<AuditEvent>?, limit: Int, for caller: UserID)
        async throws -> Seen<[AuditEvent]>?
    /// Up to `limit` events of one session after `cursor`, newest first, if the caller may see it.
    func trail(
        of session: SessionID, in business: BusinessID, after cursor: Cursor<AuditEvent>?, limit: Int,
        for caller: UserID
    ) async throws -> Seen<SessionTrail?>?
    /// Up to `limit` refused opens of a business after `cursor`, newest first; to a cashier, their own.
    func conflicts(
        of cashier: UserID?, in business: BusinessID, after cursor: Cursor<OpenConflict>?, limit: Int,
        for caller: UserID
    ) async throws -> Seen<[OpenConflict]>?
}

/// A session's audit events, with what decides who may see them.
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
