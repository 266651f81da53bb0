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
