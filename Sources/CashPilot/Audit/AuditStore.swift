/// Reads the audit trail. Each method runs one statement, which also checks the caller's access.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol AuditStore: Sendable {
    /// Returns up to `limit` events after `cursor`, newest first. The list is empty unless the caller is an
    /// administrator.
    ///
    /// - Returns: `nil` if the caller is not an active user.
    func events(_ query: AuditQuery, after cursor: Cursor<AuditEvent>?, limit: Int, for caller: UserID)
        async throws -> Authorized<[AuditEvent]>?
    /// Returns up to `limit` events of one session after `cursor`, newest first, if the caller may see the session.
    func trail(
        of session: SessionID, in business: BusinessID, after cursor: Cursor<AuditEvent>?, limit: Int,
        for caller: UserID
    ) async throws -> Authorized<SessionTrail?>?
    /// Returns up to `limit` conflicts of a business after `cursor`, newest first. A cashier gets only their own.
    func conflicts(
        of cashier: UserID?, in business: BusinessID, after cursor: Cursor<OpenConflict>?, limit: Int,
        for caller: UserID
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
