import CashPilot
import Postgres

/// Credentials in PostgreSQL.
package struct PostgresCredentialStore: CredentialStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func principal(of bearer: BearerHash) async throws -> Principal? {
        try await withStoreErrors {
            try await database.read(SQL.credentialPrincipal, [.bytes(bearer.bytes)], isAnonymous: true).first {
                columns throws(DatabaseError) in
                Principal(
                    credential: try columns.id(), user: try columns.id(), kind: try columns.next(),
                    locale: try columns.next())
            }
        }
    }

    package func ended(among bearers: [BearerHash]) async throws -> [BearerHash] {
        try await withStoreErrors {
            let hashes = Value.array(of: .bytes, bearers.map { .bytes($0.bytes) })
            return try await database.read(SQL.credentialEndedList, [hashes]).items { columns throws(DatabaseError) in
                BearerHash(try columns.next())
            }
        }
    }

    package func create(_ new: NewCredential) async throws -> CreatedCredential? {
        try await withStoreErrors {
            try await database.write(
                SQL.credentialCreate,
                [
                    .id(new.id), .text(new.email), .text(new.kind.rawValue), .optional(new.name, Value.text),
                    .bytes(new.bearer.bytes), .optional(new.lifetime) { .int64($0.components.seconds) },
                    .optional(new.checkedHash, Value.text), .id(new.audit), .text(new.reason.rawValue),
                    .optional(new.requestID, Value.text), .optional(new.clientRequestID, Value.text),
                    .optional(new.checkedPIN?.hash, Value.text),
                    .optional(new.checkedPIN) { .bytes($0.terminal.bytes) },
                ]
            ).first { columns throws(DatabaseError) in
                guard let user = try User(reading: &columns), let credential = try Credential(reading: &columns) else {
                    return nil
                }
                return CreatedCredential(user: user, credential: credential)
            }
        }
    }

    package func keys(after cursor: Cursor<Credential>?, limit: Int) async throws -> [Credential] {
        try await withStoreErrors {
            try await database.list(SQL.credentialKeysList, Value.page(after: cursor, limit))
                .items(as: Credential.init(reading:))
        }
    }

    package func credentials(
        of user: UserID?, after cursor: Cursor<Credential>?, limit: Int, for caller: Caller
    ) async throws -> Authorized<[Credential]?>? {
        try await withStoreErrors {
            let rows = try await database.list(
                SQL.credentialList, [.caller(caller), .optional(user, Value.id)] + Value.page(after: cursor, limit))
            guard var caller = rows.first?.reader() else { return nil }
            let (role, isUser) = (try caller.next(Role.self), try caller.next(Bool.self))
            let items = try rows.items(from: 2, as: Credential.init(reading:))
            return Authorized(role: role, value: isUser ? items : nil)
        }
    }

    package func revoke(
        _ id: CredentialID, of user: UserID?, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<Credential?>? {
        try await revoke(.id(id), of: .optional(user, Value.id), by: actor, audit)
    }

    package func logOut(_ caller: Caller, audit: AuditEventID) async throws -> Authorized<Credential?>? {
        try await revoke(.null, of: .null, by: .user(caller), audit)
    }

    private func revoke(
        _ id: Value, of user: Value, by actor: ChangeActor, _ audit: AuditEventID
    ) async throws -> Authorized<Credential?>? {
        try await withStoreErrors {
            try await database.write(
                SQL.credentialRevoke,
                [.actor(actor), id, user, .id(audit), .requestID(of: actor), .clientRequestID(of: actor)]
            ).first { columns throws(DatabaseError) in
                Authorized(role: try columns.next(), value: try Credential(reading: &columns))
            }
        }
    }

    package func revokeAll(
        of user: UserID, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<Int?>? {
        try await withStoreErrors {
            try await database.write(
                SQL.credentialRevokeAll,
                [.actor(actor), .id(user), .id(audit), .requestID(of: actor), .clientRequestID(of: actor)]
            ).first { columns throws(DatabaseError) in
                Authorized(role: try columns.next(), value: try columns.nextOptional(Int64.self).map(Int.init))
            }
        }
    }

    /// A lost write does no harm, so its error is reported as not applied.
    package func used(_ ids: [CredentialID]) async throws {
        try await withStoreErrors(ofChange: false) {
            _ = try await database.write(SQL.credentialUse, [.ids(ids)])
        }
    }

    package func waitForReplication() async throws { try await database.waitForReplication() }
}

extension Credential {
    /// Reads the columns of a credential; `nil` if they are null.
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let id: CredentialID = try columns.optionalID() else { return nil }
        self.init(
            id: id, user: try columns.id(), email: try columns.next(), kind: try columns.next(),
            name: try columns.nextOptional(), createdAt: try columns.instant(),
            expiresAt: try columns.optionalInstant(), lastUsedAt: try columns.optionalInstant(),
            revokedAt: try columns.optionalInstant())
    }
}
