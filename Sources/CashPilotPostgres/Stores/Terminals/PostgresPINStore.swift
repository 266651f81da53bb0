import CashPilot
import Postgres

/// PINs in PostgreSQL.
package struct PostgresPINStore: PINStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func precheck(_ attempt: PINAttempt) async throws -> PINPrecheck? {
        let account: [Value] =
            switch attempt.account {
            case .user(let id): [.id(id), .null]
            case .email(let email): [.null, .text(email)]
            }
        return try await withStoreErrors {
            let rows = try await database.read(SQL.pinPrecheck, [.bytes(attempt.terminal.bytes)] + account)
            return try rows.first { columns throws(DatabaseError) in
                PINPrecheck(
                    wait: Int(try columns.next(Int32.self)), needsPassword: try columns.next(),
                    user: try columns.optionalID(), email: try columns.nextOptional(),
                    pinHash: try columns.nextOptional())
            }
        }
    }

    /// A lost counter update does not change the user's data, so its error is reported as not applied.
    package func recordFailure(of user: UserID?, at terminal: BearerHash) async throws {
        try await withStoreErrors(ofChange: false) {
            _ = try await database.write(SQL.pinFailure, [.bytes(terminal.bytes), .optional(user, Value.id)])
        }
    }

    package func change(
        of caller: Caller, checked: String?, new: String?, audit: AuditEventID
    ) async throws -> Bool? {
        let parameters: [Value] = [
            .caller(caller), .optional(checked, Value.text), .optional(new, Value.text), .id(audit),
            .text(caller.requestID), .optional(caller.clientRequestID, Value.text),
        ]
        return try await withStoreErrors {
            try await database.transaction { transaction in
                // The lock is a separate statement, so the next one sees the logins that it waited for.
                try await transaction.query(SQL.passwordLock, [.caller(caller), .null])
                return try await transaction.query(SQL.pinChange, parameters).first { columns throws(DatabaseError) in
                    try columns.next(Bool.self)
                }
            }
        }
    }
}
