import CashPilot
import Postgres

/// Erases the personal data of users, for the command line. `sql/migrations/0020_retention_and_erasure.sql` defines the
/// placeholders.
package struct PostgresErasureStore: Sendable {
    /// The role that may change audit events into their redacted form. The service's role may not.
    package static let role = "cashpilot_owner"

    private let database: Database

    package init(database: Database) { self.database = database }

    /// Returns an account and what an erasure would change; `nil` if no account has this e-mail.
    package func user(email: String) async throws -> ErasableUser? {
        try await withStoreErrors {
            try await database.read(SQL.userEraseShow, [.text(email)]).first { columns throws(DatabaseError) in
                ErasableUser(
                    id: try columns.id(), email: try columns.next(), name: try columns.next(),
                    isActive: try columns.next(), isErased: try columns.next(),
                    events: Int(try columns.next(Int64.self)), keys: Int(try columns.next(Int64.self)),
                    responses: Int(try columns.next(Int64.self)), database: try columns.next())
            }
        }
    }

    /// Erases the personal data of an inactive user, in one transaction.
    ///
    /// - Parameter passwordHash: a hash that no password matches.
    /// - Returns: false if the account is active. Nothing changes then.
    package func erase(_ user: UserID, passwordHash: String, audit: AuditEventID) async throws -> Bool {
        try await withStoreErrors {
            try await database.transaction { transaction in
                let parameters: [Value] = [.id(user), .id(audit), .text(passwordHash)]
                guard try await !transaction.query(SQL.userEraseRecord, parameters).isEmpty else { return false }
                try await transaction.query(SQL.userErase, [.id(user), .text(passwordHash)])
                return true
            }
        }
    }
}

/// An account, and what an erasure of its personal data would change.
package struct ErasableUser: Sendable {
    package let id: UserID
    package let email: String
    package let name: String
    package let isActive: Bool
    /// Whether e-mail and name are placeholders.
    package let isErased: Bool
    /// The number of audit events with the person's data.
    package let events: Int
    /// The number of credentials with a name.
    package let keys: Int
    /// The number of stored responses with the person's data.
    package let responses: Int
    /// The name of the database.
    package let database: String

    package var hasPersonalData: Bool { !isErased || events + keys + responses > 0 }
}
