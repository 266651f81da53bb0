import CashPilot
import Postgres

/// Loads the demo accounts and businesses.
package struct DemoStore: Sendable {
    private let database: Database

    package init(database: Database) { self.database = database }

    /// Creates missing rows and restores changed ones, in one transaction. Existing ids are kept.
    ///
    /// - Parameters:
    ///   - data: the names and e-mails; its ids are used only for new rows.
    ///   - passwordHash: the hash for every account.
    /// - Returns: the data with the ids in the database.
    package func load(_ data: DemoData, passwordHash: String) async throws -> DemoData {
        do {
            return try await database.transaction { transaction in
                var loaded = data
                for index in loaded.businesses.indices {
                    let business = loaded.businesses[index]
                    loaded.businesses[index].id = try await transaction.id(
                        SQL.demoBusiness,
                        [.id(business.id), .text(business.name), .text(business.currency), .text(business.timeZone)])
                }
                for index in loaded.people.indices {
                    let person = loaded.people[index]
                    let id: UserID = try await transaction.id(
                        SQL.demoUser,
                        [
                            .id(person.id), .text(person.email), .text(person.name), .text(person.role.rawValue),
                            .text(passwordHash),
                        ])
                    loaded.people[index].id = id
                    for place in person.businesses {
                        try await transaction.query(
                            SQL.demoAssignment, [.id(loaded.businesses[place].id), .id(id)])
                    }
                }
                return loaded
            }
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }
}

extension Transaction {
    /// The id that a statement returns.
    fileprivate func id<Entity>(
        _ statement: Statement, _ parameters: [Value]
    ) async throws(DatabaseError) -> ID<Entity> {
        guard var columns = try await query(statement, parameters).first?.reader() else {
            throw DatabaseError(statement: statement.name, reason: .decoding, message: "no row")
        }
        return try columns.id()
    }
}
