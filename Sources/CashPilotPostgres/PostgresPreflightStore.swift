import CashPilot
import Postgres

/// Duplicate open sessions in PostgreSQL.
package struct PostgresPreflightStore: PreflightStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func duplicates(
        slots: Int, sessions: Int, for caller: UserID?
    ) async throws -> Seen<[DuplicateSlot]>? {
        try await faulting { () throws(DatabaseError) in
            let rows = try await database.list(
                SQL.openDuplicates,
                [.optional(caller, Value.id), .int32(Int32(clamping: slots)), .int32(Int32(clamping: sessions))])
            return try DuplicateSlot.all(in: rows)
        }
    }

    package func end(
        _ session: DuplicateSession, of slot: DuplicateSlot, by actor: UserID?, audit: AuditEventID
    ) async throws -> Bool {
        do {
            return try await database.transaction { transaction in
                try await transaction.lockSlots([Slot(business: slot.business, cashier: slot.cashier)])
                let rows = try await transaction.query(
                    SQL.sessionEndDuplicate,
                    [
                        .id(slot.business), .id(session.id), .id(slot.keep.id), .optional(actor, Value.id), .id(audit),
                    ])
                return !rows.isEmpty
            }
        } catch let error as DatabaseError {
            throw StoreFault(error)
        }
    }
}

extension DuplicateSlot {
    /// Reads the answer of `open_duplicates.sql`: the rows of a slot follow each other, the one to keep first.
    ///
    /// - Returns: `nil` if the caller is no active user.
    static func all(in rows: Rows) throws(DatabaseError) -> Seen<[DuplicateSlot]>? {
        var role: Role?
        var slots: [DuplicateSlot] = []
        for row in rows {
            var columns = row.reader()
            role = try columns.next()
            guard let business: BusinessID = try columns.optionalID() else { continue }
            let businessName = try columns.next(String.self)
            let cashier: UserID = try columns.id()
            let cashierName = try columns.next(String.self)
            let count = Int(try columns.next(Int64.self))
            guard let session = try DuplicateSession(reading: &columns) else { continue }
            if let last = slots.last, last.business == business, last.cashier == cashier {
                slots[slots.count - 1].end.append(session)
            } else {
                slots.append(
                    DuplicateSlot(
                        business: business, businessName: businessName, cashier: cashier, cashierName: cashierName,
                        openSessions: count, keep: session))
            }
        }
        return role.map { Seen(role: $0, seesBusiness: true, value: slots) }
    }
}

extension DuplicateSession {
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let id: SessionID = try columns.optionalID() else { return nil }
        self.init(
            id: id, number: try columns.next(), openedAt: try columns.instant(), lastActivityAt: try columns.instant())
    }
}
