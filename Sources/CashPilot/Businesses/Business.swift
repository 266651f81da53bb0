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
