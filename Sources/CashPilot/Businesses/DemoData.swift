/// A small shop to try the service with: one administrator, four cashiers, three businesses.
package struct DemoData: Sendable {
    package struct Business: Sendable {
        package var id: BusinessID
        package let name: String
        package let currency: String
        package let timeZone: String
    }

    package struct Person: Sendable {
        package var id: UserID
        package let email: String
        package let name: String
        package let role: Role
        /// Places in ``DemoData/businesses``.
        package let businesses: [Int]
    }

    package var businesses: [Business]
    package var people: [Person]
    /// The event `demo.seed`.
    package let audit: AuditEventID

    /// The password of every demo account. It is public, so never load this data into a production database.
    package static let password = "cashpilot-demo"

    /// Makes the data with new ids for rows that do not exist yet.
    package init(ids: IDMaker) {
        audit = ids.make()
        businesses = [
            Business(id: ids.make(), name: "Farmacia Centro", currency: "PYG", timeZone: "America/Asuncion"),
            Business(id: ids.make(), name: "Farmacia Villa Morra", currency: "PYG", timeZone: "America/Asuncion"),
            Business(id: ids.make(), name: "Corner Drugstore", currency: "USD", timeZone: "America/New_York"),
        ]
        people = [
            Person(id: ids.make(), email: "admin@demo.example", name: "Alicia", role: .admin, businesses: []),
            Person(id: ids.make(), email: "ana@demo.example", name: "Ana", role: .cashier, businesses: [0, 1]),
            Person(id: ids.make(), email: "bruno@demo.example", name: "Bruno", role: .cashier, businesses: [0]),
            Person(id: ids.make(), email: "carla@demo.example", name: "Carla", role: .cashier, businesses: [2]),
            Person(id: ids.make(), email: "diego@demo.example", name: "Diego", role: .cashier, businesses: []),
        ]
    }
}
