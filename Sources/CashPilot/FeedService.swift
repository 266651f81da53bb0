/// Reading the feed: what happened to sessions, in an order that never changes.
package struct FeedService: Sendable {
    /// Streams that are open, for who wants to be told of what comes.
    package let followers: FeedFollowers
    private let store: any FeedStore

    package init(store: any FeedStore, followers: FeedFollowers) {
        self.store = store
        self.followers = followers
    }

    /// A page of the feed: to an administrator all of it, to a cashier what is about their own sessions.
    ///
    /// - Parameter position: what the page begins after; `nil` for what comes from now on.
    /// - Throws: ``Refusal/callerInactive``; ``Refusal/beyondFeed`` if the feed never came so far.
    package func events(after position: Int64?, limit: Int, for caller: UserID) async throws -> FeedPage {
        guard let page = try await store.events(after: position, limit: limit, for: caller) else {
            throw Refusal.callerInactive
        }
        if let position, position > page.head { throw Refusal.beyondFeed }
        return page
    }
}
