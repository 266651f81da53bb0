import CashPilot
import Postgres

/// Loads the demo data: people and businesses to try the service with.
package struct DemoStore: Sendable {
    private let database: Database

    package init(database: Database) { self.database = database }

    /// Makes what is missing and restores what was changed, in one transaction. Identities stay what they were.
    ///
    /// - Parameters:
    ///   - data: names and addresses; the ids are for what has to be made.
    ///   - passwordHash: everybody's.
    /// - Returns: the data with the ids that they have.
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
            throw StoreFault(error)
        }
    }
}

extension Transaction {
    /// The id that a statement answers.
    fileprivate func id<Entity>(
        _ statement: Statement, _ parameters: [Value]
    ) async throws(DatabaseError) -> ID<Entity> {
        guard var columns = try await query(statement, parameters).first?.reader() else {
            throw DatabaseError(statement: statement.name, reason: .decoding, message: "no row")
        }
        return try columns.id()
    }
}
