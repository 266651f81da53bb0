import CashPilot
import Postgres

/// Seals and checks audit chains. PostgreSQL computes every hash: `sql/migrations/0003_audit_chain.sql`.
package struct PostgresAuditChainStore: AuditChainStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func unsealed(limit: Int) async throws -> [(business: BusinessID, waiting: Int)] {
        try await withStoreErrors {
            try await database.list(SQL.auditUnsealedList, [.int32(Int32(limit))]).items {
                columns throws(DatabaseError) in (try columns.id(), Int(try columns.next(Int64.self)))
            }
        }
    }

    package func seal(_ businesses: [BusinessID], limit: Int) async throws -> Int {
        try await withStoreErrors {
            var columns = try await database.write(SQL.auditSeal, [.ids(businesses), .int32(Int32(limit))]).one()
            return Int(try columns.next(Int32.self))
        }
    }

    package func business(after previous: BusinessID?) async throws -> BusinessID? {
        try await withStoreErrors {
            let rows = try await database.read(SQL.auditChainNext, [.optional(previous, Value.id)])
            return try rows.first { columns throws(DatabaseError) in try columns.id() }
        }
    }

    package func ends(of business: BusinessID) async throws -> (head: AuditHead?, last: Int64?) {
        try await withStoreErrors {
            var columns = try await database.read(SQL.auditChainEnds, [.id(business)]).one()
            let position = try columns.nextOptional(Int64.self)
            let hash = try columns.nextOptional([UInt8].self)
            let head = position.flatMap { position in
                hash.map { AuditHead(business: business, position: position, hash: $0) }
            }
            return (head, try columns.nextOptional())
        }
    }

    package func check(
        after link: ChainLink, upTo end: Int64, of business: BusinessID, limit: Int
    ) async throws -> CheckedStretch {
        try await withStoreErrors {
            var columns = try await database.read(
                SQL.auditChainCheck,
                [.id(business), .int64(link.position), .bytes(link.hash), .int64(end), .int32(Int32(limit))]
            ).one()
            let (count, redacted) = (Int(try columns.next(Int64.self)), Int(try columns.next(Int64.self)))
            let position = try columns.nextOptional(Int64.self)
            let hash = try columns.nextOptional([UInt8].self)
            let kind = try columns.nextOptional(AuditError.Kind.self)
            let place = try columns.nextOptional(Int64.self)
            let event: AuditEventID? = try columns.optionalID()
            return CheckedStretch(
                count: count, redacted: redacted,
                last: position.flatMap { position in hash.map { ChainLink(position: position, hash: $0) } },
                fault: kind.map { AuditError($0, in: business, at: place, event: event) })
        }
    }

    package func cover(
        after previous: AuditEventID?, of business: BusinessID, limit: Int
    ) async throws -> CoveredStretch {
        try await withStoreErrors {
            var columns = try await database.read(
                SQL.auditChainCover, [.id(business), .optional(previous, Value.id), .int32(Int32(limit))]
            ).one()
            return CoveredStretch(
                count: Int(try columns.next(Int64.self)), last: try columns.optionalID(),
                waiting: Int(try columns.next(Int64.self)),
                waitingSeconds: try columns.nextOptional(Int64.self).map(Int.init), stray: try columns.optionalID())
        }
    }

    package func hash(at position: Int64, of business: BusinessID) async throws -> [UInt8]? {
        try await withStoreErrors {
            let rows = try await database.read(SQL.auditSealShow, [.id(business), .int64(position)])
            return try rows.first { columns throws(DatabaseError) in try columns.next() }
        }
    }
}

extension AuditError.Kind: ColumnValue {}
