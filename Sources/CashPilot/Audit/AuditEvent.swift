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
    package let requestID: String?
    package let terminal: String?
    package let reason: String?
    /// The row before and after the change, as JSON text; `nil` if there was none.
    package let before: String?
    package let after: String?

    package init(
        id: AuditEventID, business: BusinessID?, occurredAt: Instant, action: String, actor: UserID?,
        actorName: String?, cashier: UserID?, session: SessionID?, requestID: String?, terminal: String?,
        reason: String?, before: String?, after: String?
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
