/// A shop.
package struct Business: Sendable {
    package let id: BusinessID
    package let name: String
    /// ISO 4217.
    package let currency: String
    /// An IANA name, such as `America/Asuncion`.
    package let timeZone: String
    /// The start of the business day, in minutes after midnight. An earlier night shift belongs to the previous day.
    package let dayCutoffMinutes: Int
    /// The age in hours after which an open session is marked stale. Staleness forbids nothing.
    package let staleAfterHours: Int
    /// The time in hours during which a cashier may edit a closed session.
    package let editWindowHours: Int
    package let isActive: Bool
    /// The last day of the closed books: no session with a business date up to it may change. `nil` if none is closed.
    package let booksClosedUntil: CivilDate?
    /// True if cashiers see what is expected only after their count.
    package let isBlind: Bool
    package let createdAt: Instant

    /// The allowed values in hours, up to 31 days.
    package static let staleAfterHours = 1...744
    /// The allowed values in hours, up to 366 days.
    package static let editWindowHours = 0...8784

    package init(
        id: BusinessID, name: String, currency: String, timeZone: String, dayCutoffMinutes: Int,
        staleAfterHours: Int, editWindowHours: Int, isActive: Bool, booksClosedUntil: CivilDate? = nil,
        isBlind: Bool = false, createdAt: Instant
    ) {
        self.id = id
        self.name = name
        self.currency = currency
        self.timeZone = timeZone
        self.dayCutoffMinutes = dayCutoffMinutes
        self.staleAfterHours = staleAfterHours
        self.editWindowHours = editWindowHours
        self.isActive = isActive
        self.booksClosedUntil = booksClosedUntil
        self.isBlind = isBlind
        self.createdAt = createdAt
    }
}

/// The values of a new business, with their format checked.
package struct BusinessDraft: Sendable {
    package var name: String
    /// ISO 4217.
    package var currency: String
    /// A name returned by ``BusinessService/timeZone(named:)``.
    package var timeZone: String
    package var dayCutoffMinutes = 0
    package var staleAfterHours = 16
    package var editWindowHours = 32
    package var isActive = true
    /// True if cashiers see what is expected only after their count.
    package var isBlind = false

    package init(name: String, currency: String, timeZone: String) {
        self.name = name
        self.currency = currency
        self.timeZone = timeZone
    }
}

/// The changes of a business, with their format checked. `nil` leaves a value unchanged.
package struct BusinessChange: Sendable {
    package var name: String?
    package var currency: String?
    package var timeZone: String?
    package var dayCutoffMinutes: Int?
    package var staleAfterHours: Int?
    package var editWindowHours: Int?
    package var isActive: Bool?
    /// Whether cashiers see what is expected only after their count.
    package var isBlind: Bool?
    /// The last day of the closed books, before the current business date.
    package var booksClosedUntil = Replacement<CivilDate>.keep

    package init() {}
}

/// A cashier assigned to a business.
package struct Assignment: Sendable {
    package let cashier: UserID
    package let name: String
    /// True if the cashier's account is active.
    package let isActive: Bool
    package let assignedAt: Instant

    package init(cashier: UserID, name: String, isActive: Bool, assignedAt: Instant) {
        self.cashier = cashier
        self.name = name
        self.isActive = isActive
        self.assignedAt = assignedAt
    }
}
