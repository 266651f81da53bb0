import CashPilot
import Postgres

/// Reads accounts and businesses in PostgreSQL, and counts failed logins.
package struct PostgresAccountStore: AccountStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func precheck(_ attempt: LoginAttempt) async throws -> LoginPrecheck {
        try await withStoreErrors {
            let precheck = try await database.read(SQL.loginPrecheck, attempt.parameters).first {
                columns throws(DatabaseError) in
                LoginPrecheck(wait: Int(try columns.next(Int32.self)), account: try Account(reading: &columns))
            }
            return precheck ?? LoginPrecheck(wait: 0, account: nil)
        }
    }

    package func account(email: String) async throws -> Account? {
        try await withStoreErrors {
            try await database.read(SQL.userByEmail, [.text(email)]).first(as: Account.init(reading:))
        }
    }

    /// A lost counter update does not change the user's data, so its error is reported as not applied.
    package func admit(_ attempt: LoginAttempt) async throws -> Int {
        try await withStoreErrors(ofChange: false) {
            let rows = try await database.write(SQL.loginAdmit, attempt.parameters)
            guard var columns = rows.first?.reader() else { return 0 }
            return Int(try columns.next(Int32.self))
        }
    }

    /// Errors are reported as by ``admit(_:)``.
    package func clearFailures(_ attempt: LoginAttempt, isRight: Bool) async throws {
        try await withStoreErrors(ofChange: false) {
            _ = try await database.write(SQL.loginFailuresClear, attempt.parameters + [.bool(isRight)])
        }
    }

    package func deleteExpiredFailures() async throws -> Int {
        try await withStoreErrors { try await database.write(SQL.loginFailuresPurge).affected }
    }

    package func user(_ id: UserID) async throws -> User? {
        try await withStoreErrors { try await database.read(SQL.me, [.id(id)]).first(as: User.init(reading:)) }
    }

    package func businesses(
        for caller: UserID, after cursor: Cursor<Business>?, limit: Int
    ) async throws -> [Business]? {
        try await withStoreErrors { try await database.businesses(for: caller, after: cursor, limit: limit) }
    }
}

extension User {
    /// Reads the columns of a user; `nil` if they are null.
    init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let id: UserID = try columns.optionalID() else { return nil }
        self.init(
            id: id, email: try columns.next(), name: try columns.next(), role: try columns.next(),
            locale: try columns.next())
    }
}

extension Account {
    /// Reads the columns of an account; `nil` if they are null.
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let user = try User(reading: &columns) else { return nil }
        self.init(user: user, isActive: try columns.next(), passwordHash: try columns.next())
    }
}

extension LoginAttempt {
    fileprivate var parameters: [Value] { [.text(email), .optional(address, Value.text)] }
}
