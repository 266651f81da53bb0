import CashPilot
import Postgres

/// Loads the demo accounts and businesses.
package struct DemoStore: Sendable {
    private let database: Database

    package init(database: Database) { self.database = database }

    /// Creates missing rows and restores changed ones, in one transaction. Existing ids are kept.
    ///
    /// Every account gets a new password, so its credentials are revoked.
    ///
    /// - Parameters:
    ///   - data: the names and e-mails; its ids are used only for new rows.
    ///   - passwordHash: the hash for every account.
    /// - Returns: the data with the ids in the database.
    package func load(_ data: DemoData, passwordHash: String) async throws -> DemoData {
        try await withStoreErrors {
            try await database.transaction { transaction in
                var loaded = data
                for index in loaded.businesses.indices {
                    let business = loaded.businesses[index]
                    var columns = try await transaction.query(
                        SQL.demoBusiness,
                        [.id(business.id), .text(business.name), .text(business.currency), .text(business.timeZone)]
                    ).one()
                    loaded.businesses[index].id = try columns.id()
                }
                for index in loaded.people.indices {
                    let person = loaded.people[index]
                    var columns = try await transaction.query(
                        SQL.demoUser,
                        [
                            .id(person.id), .text(person.email), .text(person.name), .text(person.role.rawValue),
                            .text(passwordHash),
                        ]
                    ).one()
                    let id: UserID = try columns.id()
                    loaded.people[index].id = id
                    try await transaction.query(
                        SQL.credentialRevokeAll, [.null, .id(id), .id(data.audit), .null, .null])
                    for place in person.businesses {
                        try await transaction.query(SQL.demoAssignment, [.id(loaded.businesses[place].id), .id(id)])
                    }
                }
                try await transaction.query(
                    SQL.demoAudit,
                    [.id(data.audit), .ids(loaded.businesses.map(\.id)), .ids(loaded.people.map(\.id))])
                return loaded
            }
        }
    }
}
