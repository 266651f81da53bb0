/// A cash session: a cashier's turn at a drawer in a business, from the float to the count.
package struct Session: Equatable, Sendable {
    /// `open → ended → closed`, or `open → closed`.
    package enum Status: String, Sendable, CaseIterable {
        case open = "OPEN"
        /// Stopped, not yet counted.
        case ended = "ENDED"
        case closed = "CLOSED"
    }

    /// An administrator's mark on a session that wants a look.
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

    /// Who took a session out of the books, and why. The row stays.
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
    /// Counts a business's sessions from 1.
    package let number: Int64
    package let business: BusinessID
    package var cashier: UserID
    package let openedBy: UserID
    package var status: Status
    /// ISO 4217; the business's when the session opened.
    package let currency: String
    package var initialCash: Money
    package var openedAt: Instant
    package var endedAt: Instant?
    package var closedAt: Instant?
    package var closedBy: UserID?
    /// The day it counts for: the business's zone and its cut-off decide.
    package let businessDate: CivilDate
    /// The business's when the session opened.
    package let timeZone: String
    /// `openedAt` on the business's wall clock.
    package let openedLocal: LocalTime
    /// Open longer than the business allows: a mark, never a bar.
    package let isStale: Bool
    /// Closed so recently that its cashier may still correct it.
    package let isInEditWindow: Bool
    package var terminal: String?
    package var notes: String?
    package var count: Count
    package var flag: Flag?
    package var deletion: Deletion?
    /// 1 when opened, one more at each change.
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
