/// Reads the event log: the events of sessions, in an order that never changes.
package struct EventLogService: Sendable {
    /// The open event streams of this process.
    package let subscribers: EventSubscribers
    private let store: any EventLogStore

    package init(store: any EventLogStore, subscribers: EventSubscribers) {
        self.store = store
        self.subscribers = subscribers
    }

    /// Returns a page of the event log. A cashier sees only the events of their own sessions.
    ///
    /// - Parameter position: the page begins after this position; `nil` begins at the current end.
    /// - Throws: ``DomainError/callerInactive``; ``DomainError/beyondEventLog`` if the position is after the end.
    package func events(after position: Int64?, limit: Int, for caller: UserID) async throws -> EventLogPage {
        guard let page = try await store.events(after: position, limit: limit, for: caller) else {
            throw DomainError.callerInactive
        }
        if let position, position > page.head { throw DomainError.beyondEventLog }
        return page
    }
}
