/// A cash session: a cashier's shift at a drawer in a business, from the float to the count.
package struct Session: Equatable, Sendable {
    /// `open → ended → closed`, or `open → closed`.
    package enum Status: String, Sendable, CaseIterable {
        case open = "OPEN"
        /// Ended, but not counted.
        case ended = "ENDED"
        case closed = "CLOSED"
    }

    /// An administrator's mark on a session that needs a review.
    package struct Flag: Equatable, Sendable {
        package let reason: String
        package let by: UserID
        package let at: Instant

        package init(reason: String, by: UserID, at: Instant) {
            self.reason = reason
            self.by = by
            self.at = at
        }
    }

    /// The user that deleted a session, and the reason. The row remains.
    package struct Deletion: Equatable, Sendable {
        package let reason: String
        package let by: UserID
        package let at: Instant

        package init(reason: String, by: UserID, at: Instant) {
            self.reason = reason
            self.by = by
            self.at = at
        }
    }

    package let id: SessionID
    /// Numbers a business's sessions from 1.
    package let number: Int64
    package let business: BusinessID
    package var cashier: UserID
    package let openedBy: UserID
    package var status: Status
    /// ISO 4217. Copied from the business when the session opened.
    package let currency: String
    package var initialCash: Money
    package var openedAt: Instant
    package var endedAt: Instant?
    package var closedAt: Instant?
    package var closedBy: UserID?
    /// The accounting day, from the business's time zone and day cutoff.
    package let businessDate: CivilDate
    /// Copied from the business when the session opened.
    package let timeZone: String
    /// `openedAt` on the business's wall clock.
    package let openedLocal: LocalTime
    /// True if the session is open longer than the business allows. Staleness forbids nothing.
    package let isStale: Bool
    /// True if the session is closed and its cashier may still correct it.
    package let isInEditWindow: Bool
    package var terminal: String?
    package var notes: String?
    package var count: Count
    package var flag: Flag?
    package var deletion: Deletion?
    /// 1 after the open; each change adds 1.
    package let version: Int64

    package init(
        id: SessionID, number: Int64, business: BusinessID, cashier: UserID, openedBy: UserID, status: Status,
        currency: String, initialCash: Money, openedAt: Instant, endedAt: Instant?, closedAt: Instant?,
        closedBy: UserID?, businessDate: CivilDate, timeZone: String, openedLocal: LocalTime, isStale: Bool,
        isInEditWindow: Bool,
        terminal: String?, notes: String?, count: Count, flag: Flag?, deletion: Deletion?, version: Int64
    ) {
        self.id = id
        self.number = number
        self.business = business
        self.cashier = cashier
        self.openedBy = openedBy
        self.status = status
        self.currency = currency
        self.initialCash = initialCash
        self.openedAt = openedAt
        self.endedAt = endedAt
        self.closedAt = closedAt
        self.closedBy = closedBy
        self.businessDate = businessDate
        self.timeZone = timeZone
        self.openedLocal = openedLocal
        self.isStale = isStale
        self.isInEditWindow = isInEditWindow
        self.terminal = terminal
        self.notes = notes
        self.count = count
        self.flag = flag
        self.deletion = deletion
        self.version = version
    }
}
