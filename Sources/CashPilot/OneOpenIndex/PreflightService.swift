/// Finds cashiers with several open sessions in a business and ends all but one.
///
/// The one-open index can be built afterwards.
package struct PreflightService: Sendable {
    /// The number of open-session keys read at a time while ending sessions.
    static let batch = 100

    private let store: any PreflightStore
    private let ids: IDMaker

    package init(store: any PreflightStore, ids: IDMaker) {
        self.store = store
        self.ids = ids
    }

    /// Returns the duplicate open sessions and the proposed repair. Changes nothing.
    ///
    /// - Parameter caller: an administrator; `nil` for an operator of the database.
    package func report(for caller: Caller? = nil) async throws -> Preflight {
        let found = try await store.duplicates(
            limit: Preflight.duplicatesMax + 1, sessions: Preflight.sessionsMax, for: caller?.id)
        guard let found else { throw DomainError.callerInactive }
        guard found.role == .admin else { throw DomainError.forbidden }
        return Preflight(
            duplicates: Array(found.value.prefix(Preflight.duplicatesMax)),
            hasMore: found.value.count > Preflight.duplicatesMax)
    }

    /// Ends all but the most recently used open session of each cashier in each business.
    ///
    /// Each end has its own audit event. If a later end fails, the earlier ones remain. Running it again ends only the
    /// remaining sessions.
    ///
    /// - Parameter actor: the administrator recorded in the audit trail; `nil` for an operator of the database.
    /// - Returns: the number of sessions ended.
    package func apply(by actor: UserID? = nil) async throws -> Int {
        var ended = 0
        var left: [SessionID] = []
        while true {
            let found = try await store.duplicates(
                limit: Self.batch, sessions: Preflight.sessionsMax, for: nil)
            let duplicates = found?.value ?? []
            let standing = duplicates.flatMap { $0.end.map(\.id) }
            // The list is empty, or is unchanged since the last pass. Another process may end sessions too; that is no
            // reason to stop.
            guard !standing.isEmpty, standing != left else { return ended }
            for duplicate in duplicates {
                for session in duplicate.end
                where try await store.end(session, of: duplicate, by: actor, audit: ids.make()) {
                    ended += 1
                }
            }
            left = standing
        }
    }
}
