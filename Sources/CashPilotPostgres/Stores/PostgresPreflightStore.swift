import CashPilot
import Postgres

/// Duplicate open sessions in PostgreSQL.
package struct PostgresPreflightStore: PreflightStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func duplicates(limit: Int, sessions: Int) async throws -> [DuplicateOpenSessions] {
        try await withStoreErrors {
            let rows = try await database.list(
                SQL.openDuplicates, [.int32(Int32(clamping: limit)), .int32(Int32(clamping: sessions))])
            return try DuplicateOpenSessions.all(in: rows)
        }
    }

    package func end(
        _ session: DuplicateSession, of duplicate: DuplicateOpenSessions, by actor: UserID?, audit: AuditEventID
    ) async throws -> Bool {
        try await withStoreErrors {
            try await database.transaction { transaction in
                try await transaction.lockOpenSessionKey(of: duplicate.cashier, in: duplicate.business)
                let rows = try await transaction.query(
                    SQL.sessionEndDuplicate,
                    [
                        .id(duplicate.business), .id(session.id), .id(duplicate.keep.id),
                        .optional(actor, Value.id), .id(audit),
                    ])
                return !rows.isEmpty
            }
        }
    }
}

extension DuplicateOpenSessions {
    /// Reads `open_duplicates.sql`. The rows of an open-session key are adjacent, the session to keep first.
    static func all(in rows: Rows) throws(DatabaseError) -> [DuplicateOpenSessions] {
        var duplicates: [DuplicateOpenSessions] = []
        for row in rows {
            var columns = row.reader()
            let business: BusinessID = try columns.id()
            let businessName = try columns.next(String.self)
            let cashier: UserID = try columns.id()
            let cashierName = try columns.next(String.self)
            let count = Int(try columns.next(Int64.self))
            let session = DuplicateSession(
                id: try columns.id(), number: try columns.next(), openedAt: try columns.instant(),
                lastActivityAt: try columns.instant())
            if let last = duplicates.last, last.business == business, last.cashier == cashier {
                duplicates[duplicates.count - 1].end.append(session)
            } else {
                duplicates.append(
                    DuplicateOpenSessions(
                        business: business, businessName: businessName, cashier: cashier, cashierName: cashierName,
                        openSessions: count, keep: session))
            }
        }
        return duplicates
    }
}
