import CashPilot
import Postgres

/// Reads accounts and businesses in PostgreSQL, and counts failed logins.
package struct PostgresAccountStore: AccountStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func precheck(_ attempt: LoginAttempt) async throws -> LoginPrecheck {
        try await faulting { () throws(DatabaseError) in
            guard var columns = try await database.read(SQL.loginPrecheck, attempt.parameters).first?.reader() else {
                return LoginPrecheck(wait: 0, account: nil)
            }
            return LoginPrecheck(wait: Int(try columns.next(Int32.self)), account: try Account(reading: &columns))
        }
    }

    package func account(email: String) async throws -> Account? {
        try await faulting { () throws(DatabaseError) in
            guard var columns = try await database.read(SQL.userByEmail, [.text(email)]).first?.reader() else {
                return nil
            }
            return try Account(reading: &columns)
        }
    }

    package func admit(_ attempt: LoginAttempt) async throws -> Int {
        try await counting { () throws(DatabaseError) in
            let rows = try await database.write(SQL.loginAdmit, attempt.parameters)
            guard var columns = rows.first?.reader() else { return 0 }
            return Int(try columns.next(Int32.self))
        }
    }

    package func clearFailures(_ attempt: LoginAttempt, isRight: Bool) async throws {
        try await counting { () throws(DatabaseError) in
            _ = try await database.write(SQL.loginFailuresClear, attempt.parameters + [.bool(isRight)])
        }
    }

    /// Reports every error as not applied: a lost counter update does not change the user's data.
    private func counting<Value>(_ work: () async throws(DatabaseError) -> Value) async throws(StoreError) -> Value {
        do {
            return try await work()
        } catch {
            throw StoreError(error, ofChange: false)
        }
    }

    package func deleteExpiredFailures() async throws -> Int {
        try await faulting { () throws(DatabaseError) in
            try await database.write(SQL.loginFailuresPurge).affected
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

extension Account {
    /// Reads the columns of an account; `nil` if they are null.
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let id: UserID = try columns.optionalID() else { return nil }
        let user = User(
            id: id, email: try columns.next(), name: try columns.next(), role: try columns.next(),
            locale: try columns.next())
        self.init(user: user, isActive: try columns.next(), passwordHash: try columns.next())
    }
}

extension LoginAttempt {
    fileprivate var parameters: [Value] { [.text(email), .optional(address, Value.text)] }
}
