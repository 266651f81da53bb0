/// Something that happened to a session, at its place in the feed.
package struct FeedEvent: Sendable {
    /// Counts from 1, over all businesses. Later events have higher ones, for good.
    package let position: Int64
    /// The audit event that says more about it.
    package let id: AuditEventID
    package let occurredAt: Instant
    /// What was done, as `session.close`.
    package let action: String
    package let business: BusinessID
    /// For a refused open, the session that was in the way.
    package let session: SessionID
    /// Whose session it is.
    package let cashier: UserID
    /// Who did it; `nil` for an operator at the command line.
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

/// Part of the feed, oldest first, as one caller sees it.
package struct FeedPage: Sendable {
    package let events: [FeedEvent]
    /// The last position of the whole feed when the page was read.
    package let head: Int64
    /// The position that the next page begins after. What lies before it and is not on a page was not for the caller.
    package let next: Int64
    /// Whether more may be there already.
    package let isFull: Bool
    /// The caller's.
    package let role: Role

    /// - Parameter limit: how many events were asked for.
    package init(events: [FeedEvent], head: Int64, limit: Int, role: Role) {
        self.events = events
        self.head = head
        self.role = role
        isFull = events.count >= limit
        next = isFull ? events.last?.position ?? head : head
    }
}

/// What came into the feed since somebody looked.
package struct FeedNews: Sendable {
    /// The last position that was looked at.
    package let position: Int64
    /// Whether events wait for their place.
    package let isWaiting: Bool
    /// Whose sessions the news are about.
    package let cashiers: Set<UserID>

    package init(position: Int64, isWaiting: Bool, cashiers: Set<UserID>) {
        self.position = position
        self.isWaiting = isWaiting
        self.cashiers = cashiers
    }
}
