/// Reads the event log: the events of sessions, in an order that never changes.
package struct EventLogService: Sendable {
    /// The open event streams of this process.
    package let subscribers: EventSubscribers
    let store: any EventLogStore

    /// Returns a page of the event log. A cashier sees only the events of their own sessions.
    ///
    /// - Parameter position: the page begins after this position; `nil` begins at the current end.
    /// - Throws: ``DomainError/callerInactive``; ``DomainError/beyondEventLog`` if the position is after the end;
    ///   ``DomainError/beforeEventLog(start:)`` if events after the position are deleted.
    package func events(after position: Int64?, limit: Int, for caller: Caller) async throws -> EventLogPage {
        guard let page = try await store.events(after: position, limit: limit, for: caller) else {
            throw DomainError.callerInactive
        }
        if let position, position > page.head { throw DomainError.beyondEventLog }
        if let position, position < page.start { throw DomainError.beforeEventLog(start: page.start) }
        return page
    }
}

/// Stores the event log. Each method runs one statement, which also checks the caller's access.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol EventLogStore: Sendable {
    /// Returns up to `limit` events after `position`; `nil` if the caller's bearer is not valid.
    ///
    /// If `position` is `nil`, the page has no events, only the current end.
    func events(after position: Int64?, limit: Int, for caller: Caller) async throws -> EventLogPage?
    /// Summarizes up to `limit` events after `position`; `nil` begins at the current end.
    func news(after position: Int64?, limit: Int) async throws -> EventLogNews
    /// Assigns positions to up to `limit` committed events, in an order that never changes.
    ///
    /// - Returns: the number of events placed; `nil` if another process is placing events.
    func place(limit: Int) async throws -> Int?
}

extension EventLogStore {
    /// The maximum number of events placed by one statement.
    package static var batchMax: Int { 500 }

    /// Assigns positions to all waiting events, up to `limit`.
    ///
    /// - Returns: false if another process was placing events.
    @discardableResult
    package func placeWaiting(limit: Int) async throws -> Bool {
        for _ in 0..<(limit / Self.batchMax) {
            guard let placed = try await place(limit: Self.batchMax) else { return false }
            if placed < Self.batchMax { break }
        }
        return true
    }
}

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
    /// The lowest position to read after without missing an event; 0 as long as no event is deleted.
    package let start: Int64
    /// The last position of the event log when the page was read.
    package let head: Int64
    /// The `after` position of the next page. Positions up to it that are not on a page are not visible to the caller.
    package let next: Int64
    /// True if the page is full, so more events may exist.
    package let isFull: Bool
    package let role: Role

    /// - Parameters:
    ///   - first: the position of the oldest event of the log; 0 if the log is empty.
    ///   - limit: the requested number of events.
    package init(events: [EventLogEntry], first: Int64, head: Int64, limit: Int, role: Role) {
        self.events = events
        start = max(0, first - 1)
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
