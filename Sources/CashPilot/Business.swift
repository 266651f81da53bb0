/// A shop.
package struct Business: Sendable {
    package let id: BusinessID
    package let name: String
    /// ISO 4217.
    package let currency: String
    /// An IANA name, such as `America/Asuncion`.
    package let timeZone: String
    /// When its business day begins, in minutes after midnight: a night shift before it belongs to the day before.
    package let dayCutoffMinutes: Int
    /// An open session older than this is marked stale, and never barred.
    package let staleAfterHours: Int
    /// How long a cashier may edit a closed session.
    package let editWindowHours: Int
    package let isActive: Bool
    package let createdAt: Instant

    package init(
        id: BusinessID, name: String, currency: String, timeZone: String, dayCutoffMinutes: Int,
        staleAfterHours: Int, editWindowHours: Int, isActive: Bool, createdAt: Instant
    ) {
        self.id = id
        self.name = name
        self.currency = currency
        self.timeZone = timeZone
        self.dayCutoffMinutes = dayCutoffMinutes
        self.staleAfterHours = staleAfterHours
        self.editWindowHours = editWindowHours
        self.isActive = isActive
        self.createdAt = createdAt
    }
}
