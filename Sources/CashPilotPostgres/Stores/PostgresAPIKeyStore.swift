import CashPilot
import Postgres

/// API keys in PostgreSQL.
package struct PostgresAPIKeyStore: APIKeyStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func create(
        _ id: APIKeyID, forEmail email: String, name: String, hash: [UInt8], days: Int?, audit: AuditEventID
    ) async throws -> APIKey? {
        try await withStoreErrors {
            try await database.write(
                SQL.apiKeyCreate, [.id(id), .text(email), .text(name), .bytes(hash), .optional(days), .id(audit)]
            ).first(as: APIKey.init(reading:))
        }
    }

    package func keys(after cursor: Cursor<APIKey>?, limit: Int) async throws -> [APIKey] {
        try await withStoreErrors {
            try await database.list(SQL.apiKeyList, Value.page(after: cursor, limit)).items(as: APIKey.init(reading:))
        }
    }

    package func revoke(_ id: APIKeyID, audit: AuditEventID) async throws -> APIKey? {
        try await withStoreErrors {
            try await database.write(SQL.apiKeyRevoke, [.id(id), .id(audit)]).first(as: APIKey.init(reading:))
        }
    }

    package func owner(ofHash hash: [UInt8]) async throws -> APIKeyOwner? {
        try await withStoreErrors {
            try await database.read(SQL.apiKeyOwner, [.bytes(hash)], isAnonymous: true).first {
                columns throws(DatabaseError) in
                APIKeyOwner(user: try columns.id(), locale: try columns.next())
            }
        }
    }

    package func waitForReplication() async throws { try await database.waitForReplication() }
}

extension APIKey {
    fileprivate init(reading columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            id: try columns.id(), user: try columns.id(), email: try columns.next(), name: try columns.next(),
            createdAt: try columns.instant(), expiresAt: try columns.optionalInstant(),
            revokedAt: try columns.optionalInstant())
    }
}
