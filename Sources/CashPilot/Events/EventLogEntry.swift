/// An event of a session, with its position in the event log.
package struct EventLogEntry: Sendable {
    /// Counts from 1 across all businesses. A later event has a higher position, permanently.
    package let position: Int64
    /// The id of the audit event with the details.
    package let id: AuditEventID
    package let occurredAt: Instant
    /// The operation, for example `session.close`.
    package let action: String
    package let business: BusinessID
    /// For a conflict, the existing session.
    package let session: SessionID
    /// The cashier of the session.
    package let cashier: UserID
    /// The user that made the change; `nil` for an operator at the command line.
    package let actor: UserID?
    package let actorName: String?

    package init(
        position: Int64, id: AuditEventID, occurredAt: Instant, action: String, business: BusinessID,
        session: SessionID, cashier: UserID, actor: UserID?, actorName: String?
    ) {
        self.position = position
        self.id = id
        self.occurredAt = occurredAt
        self.action = action
        self.business = business
        self.session = session
        self.cashier = cashier
        self.actor = actor
        self.actorName = actorName
    }
}

/// A page of the event log, oldest event first, as one caller may see it.
package struct EventLogPage: Sendable {
    package let events: [EventLogEntry]
    /// The last position of the event log when the page was read.
    package let head: Int64
    /// The `after` position of the next page. Positions up to it that are not on a page are not visible to the caller.
    package let next: Int64
    /// True if the page is full, so more events may exist.
    package let isFull: Bool
    /// The caller's role.
    package let role: Role

    /// - Parameter limit: the requested number of events.
    package init(events: [EventLogEntry], head: Int64, limit: Int, role: Role) {
        self.events = events
        self.head = head
        self.role = role
        isFull = events.count >= limit
        next = isFull ? events.last?.position ?? head : head
    }
}

/// A summary of the events added since an earlier position.
package struct EventLogNews: Sendable {
    /// The last position that was read.
    package let position: Int64
    /// True if committed events still lack a position.
    package let isWaiting: Bool
    /// The cashiers whose sessions the events concern.
    package let cashiers: Set<UserID>

    package init(position: Int64, isWaiting: Bool, cashiers: Set<UserID>) {
        self.position = position
        self.isWaiting = isWaiting
        self.cashiers = cashiers
    }
}
