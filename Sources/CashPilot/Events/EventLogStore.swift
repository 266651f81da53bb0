/// Stores the event log. Each method runs one statement, which also checks the caller's access.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol EventLogStore: Sendable {
    /// Returns up to `limit` events after `position`; `nil` if the caller is not an active user.
    ///
    /// If `position` is `nil`, the page has no events, only the current end.
    func events(after position: Int64?, limit: Int, for caller: UserID) async throws -> EventLogPage?
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
