/// A business to be, checked for form.
package struct BusinessDraft: Sendable {
    package var name: String
    /// ISO 4217.
    package var currency: String
    /// A name that ``BusinessService/timeZone(named:)`` answered.
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

/// What should change of a business, checked for form; `nil` stays.
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
    /// How long a session may be open until it is marked stale: up to a month.
    package static let staleAfterHours = 1...744
    /// How long a cashier may edit a closed session: up to a year.
    package static let editWindowHours = 0...8784
}

/// Somebody who works in a business.
package struct Assignment: Sendable {
    package let cashier: UserID
    package let name: String
    /// Whether their account is.
    package let isActive: Bool
    package let assignedAt: Instant

    package init(cashier: UserID, name: String, isActive: Bool, assignedAt: Instant) {
        self.cashier = cashier
        self.name = name
        self.isActive = isActive
        self.assignedAt = assignedAt
    }
}
