import CashPilot
import Postgres

/// API keys in PostgreSQL.
package struct PostgresAPIKeyStore: APIKeyStore {
    let database: Database

    package init(database: Database) { self.database = database }

    package func create(
        _ id: APIKeyID, forEmail email: String, name: String, hash: [UInt8], days: Int?, audit: AuditEventID
    ) async throws -> APIKey? {
        try await faulting { () throws(DatabaseError) in
            let rows = try await database.write(
                SQL.apiKeyCreate,
                [.id(id), .text(email), .text(name), .bytes(hash), .optional(days), .id(audit)])
            guard var columns = rows.first?.reader() else { return nil }
            return try APIKey(reading: &columns)
        }
    }

    package func keys(after cursor: Cursor<APIKey>?, limit: Int) async throws -> [APIKey] {
        try await faulting { () throws(DatabaseError) in
            var keys: [APIKey] = []
            for row in try await database.list(SQL.apiKeyList, Value.page(after: cursor, limit)) {
                var columns = row.reader()
                keys.append(try APIKey(reading: &columns))
            }
            return keys
        }
    }

    package func revoke(_ id: APIKeyID, audit: AuditEventID) async throws -> APIKey? {
        try await faulting { () throws(DatabaseError) in
            guard var columns = try await database.write(SQL.apiKeyRevoke, [.id(id), .id(audit)]).first?.reader()
            else { return nil }
            return try APIKey(reading: &columns)
        }
    }

    package func owner(ofHash hash: [UInt8]) async throws -> APIKeyOwner? {
        try await faulting { () throws(DatabaseError) in
            guard var columns = try await database.read(SQL.apiKeyOwner, [.bytes(hash)]).first?.reader() else {
                return nil
            }
            return APIKeyOwner(user: try columns.id(), locale: try columns.next())
        }
    }
}

extension APIKey {
    fileprivate init(reading columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            id: try columns.id(), user: try columns.id(), email: try columns.next(), name: try columns.next(),
            createdAt: try columns.instant(), expiresAt: try columns.optionalInstant(),
            revokedAt: try columns.optionalInstant())
    }
}
