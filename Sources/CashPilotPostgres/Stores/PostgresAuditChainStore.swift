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

    package func ends(of business: BusinessID) async throws -> ChainEnds {
        try await withStoreErrors {
            var columns = try await database.read(SQL.auditChainEnds, [.id(business)]).one()
            let position = try columns.nextOptional(Int64.self)
            let hash = try columns.nextOptional([UInt8].self)
            let head = position.flatMap { position in
                hash.map { AuditHead(business: business, position: position, hash: $0) }
            }
            return ChainEnds(
                head: head, last: try columns.nextOptional(),
                archived: try ChainLink(reading: &columns))
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
            return try CheckedStretch(reading: &columns, of: business)
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

extension PostgresAuditChainStore: AuditArchiveStore {
    /// The role that may remove archived events. The service's role may not.
    package static let role = "cashpilot_owner"

    /// Returns the name of the database and its present day, in UTC.
    package func databaseFacts() async throws -> (name: String, day: CivilDate) {
        try await withStoreErrors {
            var columns = try await database.read(SQL.auditArchiveFacts).one()
            return (try columns.next(), try columns.day())
        }
    }

    package func range(
        after previous: BusinessID?, sealedBefore date: CivilDate
    ) async throws -> ArchivedRange? {
        try await withStoreErrors {
            let rows = try await database.list(
                SQL.auditArchivePlan, [.optional(previous, Value.id), .day(date)])
            return try rows.first { columns throws(DatabaseError) in
                ArchivedRange(
                    business: try columns.id(), firstPosition: try columns.next(),
                    last: ChainLink(position: try columns.next(), hash: try columns.next()))
            }
        }
    }

    package func lines(
        of business: BusinessID, after position: Int64, upTo last: Int64, limit: Int
    ) async throws -> [String] {
        try await withStoreErrors {
            try await database.list(
                SQL.auditArchiveLines, [.id(business), .int64(position), .int64(last), .int32(Int32(limit))]
            ).items { columns throws(DatabaseError) in try columns.next() }
        }
    }

    package func check(
        _ lines: [String], after link: ChainLink, of business: BusinessID
    ) async throws -> CheckedStretch {
        try await withStoreErrors {
            var columns = try await database.list(
                SQL.auditArchiveCheck,
                [.id(business), .int64(link.position), .bytes(link.hash), .array(of: .text, lines.map(Value.text))]
            ).one()
            return try CheckedStretch(reading: &columns, of: business)
        }
    }

    package func trimEventLog(sealedBefore date: CivilDate, limit: Int) async throws -> Int {
        try await withStoreErrors {
            try await database.write(SQL.eventLogTrim, [.day(date), .int32(Int32(limit))]).affected
        }
    }

    package func remove(_ range: ArchivedRange, file: [UInt8], limit: Int) async throws -> Int {
        try await withStoreErrors {
            var columns = try await database.write(
                SQL.auditArchiveRemove,
                [
                    .id(range.business), .int64(range.firstPosition), .int64(range.last.position), .bytes(file),
                    .int32(Int32(limit)),
                ]
            ).one()
            return Int(try columns.next(Int32.self))
        }
    }
}

extension ChainLink {
    /// - Returns: `nil` if the columns are null.
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        let (position, hash) = (try columns.nextOptional(Int64.self), try columns.nextOptional([UInt8].self))
        guard let position, let hash else { return nil }
        self.init(position: position, hash: hash)
    }
}

extension CheckedStretch {
    fileprivate init(reading columns: inout ColumnReader, of business: BusinessID) throws(DatabaseError) {
        let (count, redacted) = (Int(try columns.next(Int64.self)), Int(try columns.next(Int64.self)))
        let last = try ChainLink(reading: &columns)
        let kind = try columns.nextOptional(AuditError.Kind.self)
        let place = try columns.nextOptional(Int64.self)
        let event: AuditEventID? = try columns.optionalID()
        self.init(
            count: count, redacted: redacted, last: last,
            fault: kind.map { AuditError($0, in: business, at: place, event: event) })
    }
}

extension AuditError.Kind: ColumnValue {}
