import CashPilot
import Postgres

extension Movement {
    /// Reads the columns of `movement_columns.sql`.
    ///
    /// - Returns: `nil` if the columns are null because an outer join found no row.
    init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let id: MovementID = try columns.optionalID() else { return nil }
        let (business, session): (BusinessID, SessionID) = (try columns.id(), try columns.id())
        let number: Int32 = try columns.next()
        guard let kind = try columns.optionalKind() else { throw DatabaseError(unreadable: "the type of a movement") }
        self.init(
            id: id, business: business, session: session, number: number, kind: kind,
            amount: try columns.money(), effect: try columns.money(),
            reverses: try columns.optionalID(), reversedBy: try columns.optionalID(),
            counterpart: try columns.optionalID(), reference: try columns.nextOptional(),
            reason: try columns.nextOptional(), recordedBy: try columns.id(), terminal: try columns.nextOptional(),
            isLate: try columns.next(), occurredAt: try columns.instant(), recordedAt: try columns.instant())
    }
}

extension MovementKind.Name: ColumnValue {}

extension ColumnReader {
    /// Reads a type and its category; `nil` if the type is null.
    ///
    /// The check `ck_movements_kind` limits them to those that exist.
    fileprivate mutating func optionalKind() throws(DatabaseError) -> MovementKind? {
        let name = try nextOptional(MovementKind.Name.self)
        let category = try nextOptional(String.self)
        return try name.map { name throws(DatabaseError) in
            guard let kind = MovementKind(name, category: category) else {
                throw DatabaseError(unreadable: "the category of a movement")
            }
            return kind
        }
    }
}

extension DatabaseError {
    fileprivate init(unreadable column: String) {
        self.init(statement: column, reason: .decoding, message: "is not as expected")
    }
}

extension Recorded {
    /// Reads the packed column `recorded` of `session_columns_end.sql`; `nil` until the session is counted.
    init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let sums = try columns.nextOptional(Int64List.self)?.numbers else { return nil }
        guard sums.count == 9 else { throw DatabaseError(unreadable: "recorded") }
        func money(_ index: Int) -> Money { Money(minorUnits: sums[index]) }
        self.init(
            movements: sums[0], hasSales: sums[1] != 0, cashSales: money(2), cashRefunds: money(3), paidIn: money(4),
            paidOut: money(5), expenses: money(6), drops: money(7), late: sums[8])
    }
}

extension RecordAttempt {
    /// Reads a row of `movement_record.sql` after the caller's role and access to the business.
    init(reading columns: inout ColumnReader) throws(DatabaseError) {
        let (isNew, instant) = (try columns.next(Bool.self), try columns.instant())
        let (isCounterpartReady, hasRoom) = (try columns.next(Bool.self), try columns.next(Bool.self))
        let session = try Session(reading: &columns)
        self.init(
            isNew: isNew, instant: instant, isCounterpartReady: isCounterpartReady, hasRoom: hasRoom,
            movement: session == nil ? nil : try Movement(reading: &columns), session: session)
    }
}

extension MovementSum {
    /// Reads the last columns of `session_reconciliation.sql`; `nil` if nothing was recorded.
    init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let kind = try columns.optionalKind() else { return nil }
        self.init(
            kind: kind, amount: try columns.money(), standing: try columns.next(), reversals: try columns.next(),
            late: try columns.next(), lateEffect: try columns.money())
    }
}

extension MovementRequest {
    /// Movements of one session wait for each other, and for its close.
    var conflictKey: UInt64 { session.low }

    /// The parameters in the order of `movement_record.sql`.
    func parameters(id: MovementID, audit: AuditEventID) -> [Value] {
        var (entry, original): (MovementEntry?, MovementID?) = (nil, nil)
        switch content {
        case .entry(let values): entry = values
        case .reversal(let reversed): original = reversed
        }
        return [
            .caller(caller), .id(business), .id(session), .id(id),
            .optional(entry) { .text($0.kind.name.rawValue) },
            .optional(entry?.kind.category, Value.text),
            .optional(entry) { .money($0.amount) },
            .optional(entry?.counterpart, Value.id), .optional(entry?.reference, Value.text),
            .optional(reason, Value.text), .optional(original, Value.id),
            .optional(entry?.occurredAt, Value.instant), .optional(terminal, Value.text),
            .optional(expectedVersions) { .array(of: .int64, $0.map(Value.int64)) },
            .id(audit), .text(caller.requestID), .optional(caller.clientRequestID, Value.text),
        ]
    }
}
