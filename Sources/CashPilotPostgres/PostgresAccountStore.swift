import CashPilot
import Postgres

/// People and businesses in PostgreSQL.
package struct PostgresAccountStore: AccountStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func account(email: String) async throws -> Account? {
        try await faulting { () throws(DatabaseError) in
            guard var columns = try await database.read(SQL.userForLogin, [.text(email)]).first?.reader() else {
                return nil
            }
            return Account(
                user: try User(reading: &columns), isActive: try columns.next(), passwordHash: try columns.next())
        }
    }

    package func user(_ id: UserID) async throws -> User? {
        try await faulting { () throws(DatabaseError) in
            guard var columns = try await database.read(SQL.me, [.id(id)]).first?.reader() else { return nil }
            return try User(reading: &columns)
        }
    }

    package func businesses(
        for caller: UserID, after cursor: Cursor<Business>?, limit: Int
    ) async throws -> [Business]? {
        try await faulting { () throws(DatabaseError) in
            try await database.businesses(for: caller, after: cursor, limit: limit)
        }
    }
}

extension User {
    init(reading columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            id: try columns.id(), email: try columns.next(), name: try columns.next(), role: try columns.next(),
            locale: try columns.next())
    }
}
