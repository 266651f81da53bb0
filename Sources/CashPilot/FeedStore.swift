/// Where the feed lives. Each method is one statement; who may see what is read in it.
///
/// - Throws: every method throws ``StoreFault`` if the store could not do its work.
package protocol FeedStore: Sendable {
    /// Up to `limit` events after `position`, or none from the end on; `nil` if the caller is no active user.
    func events(after position: Int64?, limit: Int, for caller: UserID) async throws -> FeedPage?
    /// What came after `position`, looking at up to `limit` events; `nil` begins at the end.
    func news(after position: Int64?, limit: Int) async throws -> FeedNews
    /// Gives up to `limit` committed events their place, in an order that never changes.
    ///
    /// - Returns: how many it took; `nil` if another process is at it.
    func place(limit: Int) async throws -> Int?
}

extension FeedStore {
    /// How many events are placed in one statement.
    package static var batchMax: Int { 500 }

    /// Places all that waits, up to `limit`.
    ///
    /// - Returns: whether this process did it, and not another.
    @discardableResult
    package func placeWaiting(limit: Int) async throws -> Bool {
        for _ in 0..<(limit / Self.batchMax) {
            guard let placed = try await place(limit: Self.batchMax) else { return false }
            if placed < Self.batchMax { break }
        }
        return true
    }
}
