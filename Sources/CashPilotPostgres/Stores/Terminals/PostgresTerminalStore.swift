import CashPilot
import Postgres

/// Terminals in PostgreSQL.
package struct PostgresTerminalStore: TerminalStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func create(
        named name: String, bearer: BearerHash, in business: BusinessID, as id: CredentialID, by caller: Caller,
        key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> Keyed<Authorized<Terminal?>>? {
        let parameters: [Value] = [
            .caller(caller), .id(business), .id(id), .text(name), .bytes(bearer.bytes), .id(audit),
            .text(caller.requestID), .optional(key) { .text($0.text) }, .optional(key) { .bytes($0.fingerprint) },
            .optional(caller.clientRequestID, Value.text),
        ]
        let created = try await creating(
            key, once: Constraint.credentialID, unique: Constraint.terminalName, else: .nameTaken
        ) { () throws(DatabaseError) in
            try await database.write(SQL.terminalCreate, parameters).first { columns throws(DatabaseError) in
                let (seesBusiness, needsLogin) = (try columns.next(Bool.self), try columns.next(Bool.self))
                let keyed = try Keyed(reading: &columns, Terminal.init(reading:))
                return (
                    needsLogin,
                    Keyed(
                        isKeyFree: keyed.isKeyFree, fingerprint: keyed.fingerprint,
                        value: Authorized(
                            role: keyed.value.role, seesBusiness: seesBusiness, value: keyed.value.value))
                )
            }
        }
        guard created?.0 != true else { throw DomainError.recentLoginRequired }
        return created?.1
    }

    package func terminals(
        of business: BusinessID, after cursor: Cursor<Credential>?, limit: Int, for caller: Caller
    ) async throws -> Authorized<[Terminal]>? {
        try await withStoreErrors {
            try await database.list(
                SQL.terminalList, [.caller(caller), .id(business)] + Value.page(after: cursor, limit)
            ).authorizedItems(as: Terminal.init(reading:))
        }
    }

    package func rename(
        _ id: CredentialID, to name: String?, in business: BusinessID, by caller: Caller, audit: AuditEventID
    ) async throws -> Authorized<Terminal?>? {
        let parameters: [Value] = [
            .caller(caller), .id(business), .id(id), .optional(name, Value.text), .id(audit), .text(caller.requestID),
            .optional(caller.clientRequestID, Value.text),
        ]
        return try await refusing(unique: Constraint.terminalName, else: .nameTaken) { () throws(DatabaseError) in
            try await database.write(SQL.terminalRename, parameters).first { columns throws(DatabaseError) in
                Authorized(
                    role: try columns.next(), seesBusiness: try columns.next(), value: try Terminal(reading: &columns))
            }
        }
    }

    /// The lock is a separate first statement. The second statement then sees every login that held the lock.
    package func end(
        _ id: CredentialID, in business: BusinessID, by caller: Caller, audit: AuditEventID
    ) async throws -> Authorized<Bool>? {
        try await withStoreErrors {
            try await database.transaction { transaction in
                let place: [Value] = [.caller(caller), .id(business), .id(id)]
                try await transaction.query(SQL.terminalLock, place)
                return try await transaction.query(
                    SQL.terminalRevoke,
                    place + [.id(audit), .text(caller.requestID), .optional(caller.clientRequestID, Value.text)]
                ).first { columns throws(DatabaseError) in
                    Authorized(role: try columns.next(), seesBusiness: try columns.next(), value: try columns.next())
                }
            }
        }
    }

    package func terminal(_ bearer: BearerHash) async throws -> (terminal: Terminal, business: Business)? {
        try await withStoreErrors {
            try await database.read(SQL.terminalShow, [.bytes(bearer.bytes)], isAnonymous: true).first {
                columns throws(DatabaseError) in
                guard let terminal = try Terminal(reading: &columns), let business = try Business(reading: &columns)
                else { return nil }
                return (terminal, business)
            }
        }
    }

    package func cashiers(at bearer: BearerHash) async throws -> [TerminalCashier]? {
        try await withStoreErrors {
            let rows = try await database.list(SQL.terminalCashiers, [.bytes(bearer.bytes)])
            return rows.isEmpty ? nil : try rows.items(as: TerminalCashier.init(reading:))
        }
    }

    package func waitForReplication() async throws { try await database.waitForReplication() }
}

extension Terminal {
    /// Reads the columns of a terminal; `nil` if they are null.
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let id: CredentialID = try columns.optionalID() else { return nil }
        self.init(
            id: id, business: try columns.id(), name: try columns.next(), createdAt: try columns.instant(),
            lastUsedAt: try columns.optionalInstant(), revokedAt: try columns.optionalInstant())
    }
}

extension TerminalCashier {
    /// Reads the columns of a cashier; `nil` if they are null.
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let id: UserID = try columns.optionalID() else { return nil }
        self.init(id: id, name: try columns.next(), hasPIN: try columns.next())
    }
}
