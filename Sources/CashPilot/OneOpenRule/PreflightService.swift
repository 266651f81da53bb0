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
    package func report() async throws -> Preflight {
        let duplicates = try await store.duplicates(
            limit: Preflight.duplicatesMax + 1, sessions: Preflight.sessionsMax)
        return Preflight(
            duplicates: Array(duplicates.prefix(Preflight.duplicatesMax)),
            hasMore: duplicates.count > Preflight.duplicatesMax)
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
            let duplicates = try await store.duplicates(limit: Self.batch, sessions: Preflight.sessionsMax)
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

/// Finds and ends duplicate open sessions.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol PreflightStore: Sendable {
    /// Returns cashiers with several open sessions in a business, in a fixed order.
    ///
    /// - Parameters:
    ///   - limit: the maximum number of business and cashier pairs.
    ///   - sessions: the maximum number of sessions of each pair.
    func duplicates(limit: Int, sessions: Int) async throws -> [DuplicateOpenSessions]
    /// Ends a session if it and the session to keep are still open. The session is not closed: the count comes later.
    ///
    /// - Parameter actor: the user recorded in the audit trail; `nil` for an operator of the database.
    /// - Returns: true if this call ended the session.
    func end(
        _ session: DuplicateSession, of duplicate: DuplicateOpenSessions, by actor: UserID?, audit: AuditEventID
    ) async throws -> Bool
}

/// The duplicate open sessions that prevent building the one-open index, with the proposed repair.
package struct Preflight: Sendable {
    /// The maximum number of business and cashier pairs in the list.
    package static let duplicatesMax = 1_000
    /// The maximum number of sessions listed per pair.
    package static let sessionsMax = 20

    package let duplicates: [DuplicateOpenSessions]
    /// True if more pairs exist than are listed.
    package let hasMore: Bool
}

/// A cashier with more than one open session in a business.
package struct DuplicateOpenSessions: Sendable {
    package let business: BusinessID
    package let businessName: String
    package let cashier: UserID
    package let cashierName: String
    /// The number of open sessions, including sessions beyond ``Preflight/sessionsMax``.
    package let openSessions: Int
    /// The most recently used session.
    package let keep: DuplicateSession
    /// The other sessions, most recently used first.
    package var end: [DuplicateSession] = []

    package init(
        business: BusinessID, businessName: String, cashier: UserID, cashierName: String, openSessions: Int,
        keep: DuplicateSession
    ) {
        self.business = business
        self.businessName = businessName
        self.cashier = cashier
        self.cashierName = cashierName
        self.openSessions = openSessions
        self.keep = keep
    }
}

/// One of several open sessions of a cashier in a business.
package struct DuplicateSession: Sendable {
    package let id: SessionID
    package let number: Int64
    package let openedAt: Instant
    /// The time of the open or of the last recorded change, whichever is later.
    package let lastActivityAt: Instant

    package init(id: SessionID, number: Int64, openedAt: Instant, lastActivityAt: Instant) {
        self.id = id
        self.number = number
        self.openedAt = openedAt
        self.lastActivityAt = lastActivityAt
    }
}
