import CashPilot
import Postgres

/// Reads accounts and businesses in PostgreSQL, and counts failed logins.
package struct PostgresAccountStore: AccountStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func precheck(_ attempt: LoginAttempt) async throws -> LoginPrecheck {
        try await withStoreErrors {
            let parameters = attempt.parameters + [.bool(attempt.isOfCredential)]
            let rows = try await database.read(
                SQL.loginPrecheck, parameters, isAnonymous: !attempt.isOfCredential)
            let precheck = try rows.first {
                columns throws(DatabaseError) in
                LoginPrecheck(
                    wait: Int(try columns.next(Int32.self)), isKnown: try columns.next(),
                    account: try Account(reading: &columns))
            }
            return precheck ?? LoginPrecheck(wait: 0, isKnown: false, account: nil)
        }
    }

    package func account(email: String) async throws -> Account? {
        try await withStoreErrors {
            try await database.read(SQL.userByEmail, [.text(email)]).first(as: Account.init(reading:))
        }
    }

    /// A lost counter update does not change the user's data, so its error is reported as not applied.
    package func recordFailure(_ attempt: LoginAttempt, isKnown: Bool) async throws {
        try await withStoreErrors(ofChange: false) {
            _ = try await database.write(
                SQL.loginFailure, attempt.parameters + [.bool(isKnown)], isAnonymous: !attempt.isOfCredential)
        }
    }

    /// Errors are reported as by ``recordFailure(_:isKnown:)``.
    package func recordSuccess(_ attempt: LoginAttempt) async throws {
        try await withStoreErrors(ofChange: false) {
            let parameters = attempt.parameters + [.bool(attempt.isOfCredential)]
            _ = try await database.write(SQL.loginSuccess, parameters, isAnonymous: !attempt.isOfCredential)
        }
    }

    package func deleteExpiredFailures() async throws -> Int {
        try await withStoreErrors {
            let failures = try await database.write(SQL.loginFailuresPurge).affected
            return failures + (try await database.write(SQL.loginOriginsPurge).affected)
        }
    }

    package func account(of caller: Caller) async throws -> CallerAccount? {
        try await withStoreErrors {
            try await database.read(SQL.me, [.caller(caller)]).first { columns throws(DatabaseError) in
                guard let user = try User(reading: &columns) else { return nil }
                return CallerAccount(user: user, hasRecentLogin: try columns.next())
            }
        }
    }

    package func businesses(
        for caller: Caller, after cursor: Cursor<Business>?, limit: Int
    ) async throws -> [Business]? {
        try await withStoreErrors { try await database.businesses(for: .user(caller), after: cursor, limit: limit) }
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
    fileprivate var parameters: [Value] { [.text(email), .text(originText)] }

    fileprivate var isOfCredential: Bool {
        if case .credential = origin { true } else { false }
    }

    private var originText: String {
        switch origin {
        case .address(let address): "address/\(address ?? "")"
        case .credential(let bearer): "credential/\(bearer.bytes)"
        }
    }
}
