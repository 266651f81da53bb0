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

    package init() {}
}

extension Business {
    /// The allowed values in hours, up to 31 days.
    package static let staleAfterHours = 1...744
    /// The allowed values in hours, up to 366 days.
    package static let editWindowHours = 0...8784
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
