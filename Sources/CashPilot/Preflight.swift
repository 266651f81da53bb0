/// What stands in the guard's way: cashiers with more than one open session in a business, and what to do about them.
package struct Preflight: Sendable {
    /// How many pairs of a business and a cashier are listed.
    package static let slotsMax = 1_000
    /// How many sessions are listed of each.
    package static let sessionsMax = 20

    package let slots: [DuplicateSlot]
    /// Whether there are more than are listed.
    package let hasMore: Bool
}

/// A cashier with more than one open session in a business.
package struct DuplicateSlot: Sendable {
    package let business: BusinessID
    package let businessName: String
    package let cashier: UserID
    package let cashierName: String
    /// All of them, also those beyond ``Preflight/sessionsMax``.
    package let openSessions: Int
    /// The one that was used last.
    package let keep: DuplicateSession
    /// The others, the most recently used first.
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
    /// When it was opened or, if that is later, when its last change was recorded.
    package let lastActivityAt: Instant

    package init(id: SessionID, number: Int64, openedAt: Instant, lastActivityAt: Instant) {
        self.id = id
        self.number = number
        self.openedAt = openedAt
        self.lastActivityAt = lastActivityAt
    }
}
