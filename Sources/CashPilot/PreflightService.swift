/// Clears the way for the guard: finds cashiers with more than one open session in a business, and ends all but one.
package struct PreflightService: Sendable {
    /// Slots that are looked up at a time while ending.
    static let batch = 100

    private let store: any PreflightStore
    private let ids: IDMaker

    package init(store: any PreflightStore, ids: IDMaker) {
        self.store = store
        self.ids = ids
    }

    /// What stands in the way, and what to do about it. Changes nothing.
    ///
    /// - Parameter caller: an administrator; `nil` for whoever operates the database.
    package func report(for caller: Caller? = nil) async throws -> Preflight {
        let found = try await store.duplicates(
            slots: Preflight.slotsMax + 1, sessions: Preflight.sessionsMax, for: caller?.id)
        guard let found else { throw Refusal.callerInactive }
        guard found.role == .admin else { throw Refusal.forbidden }
        return Preflight(
            slots: Array(found.value.prefix(Preflight.slotsMax)), hasMore: found.value.count > Preflight.slotsMax)
    }

    /// Ends all but the most recently used session of each cashier in each business, every one with its audit event.
    /// What was ended stays ended if a later one fails, and doing it again ends only what is left.
    ///
    /// - Parameter actor: the administrator who is recorded to have asked; `nil` for whoever operates the database.
    /// - Returns: how many were ended.
    package func apply(by actor: UserID? = nil) async throws -> Int {
        var ended = 0
        var left: [SessionID] = []
        while true {
            let found = try await store.duplicates(slots: Self.batch, sessions: Preflight.sessionsMax, for: nil)
            let slots = found?.value ?? []
            let standing = slots.flatMap { $0.end.map(\.id) }
            // None, or those that it could not end a moment ago. Others may be ending them too: that is no reason to stop.
            guard !standing.isEmpty, standing != left else { return ended }
            for slot in slots {
                for session in slot.end where try await store.end(session, of: slot, by: actor, audit: ids.make()) {
                    ended += 1
                }
            }
            left = standing
        }
    }
}
