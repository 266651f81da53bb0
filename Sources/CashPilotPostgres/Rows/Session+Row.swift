import CashPilot
import Postgres

extension Session {
    /// Reads the session columns, in the order used by every statement that returns a session.
    ///
    /// - Returns: `nil` if the columns are null because an outer join found no row.
    init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let id: SessionID = try columns.optionalID() else { return nil }
        let number = try columns.next(Int64.self)
        let business: BusinessID = try columns.id()
        let cashier: UserID = try columns.id()
        let openedBy: UserID = try columns.id()
        let status: Status = try columns.next()
        let currency = try columns.next(String.self)
        let initialCash = try columns.money()
        let openedAt = try columns.instant()
        let endedAt = try columns.optionalInstant()
        let closedAt = try columns.optionalInstant()
        let closedBy: UserID? = try columns.optionalID()
        let businessDate = try columns.day()
        let timeZone = try columns.next(String.self)
        let openedLocal = try columns.localTime()
        let isStale = try columns.next(Bool.self)
        let isInEditWindow = try columns.next(Bool.self)
        let terminal = try columns.nextOptional(String.self)
        let notes = try columns.nextOptional(String.self)
        let count = try Count(reading: &columns)
        let flag = try columns.mark().map { Flag(reason: $0.reason, by: $0.by, at: $0.at) }
        let deletion = try columns.mark().map { Deletion(reason: $0.reason, by: $0.by, at: $0.at) }
        self.init(
            id: id, number: number, business: business, cashier: cashier, openedBy: openedBy, status: status,
            currency: currency, initialCash: initialCash, openedAt: openedAt, endedAt: endedAt, closedAt: closedAt,
            closedBy: closedBy, businessDate: businessDate, timeZone: timeZone, openedLocal: openedLocal,
            isStale: isStale, isInEditWindow: isInEditWindow, terminal: terminal, notes: notes, count: count,
            flag: flag, deletion: deletion, version: try columns.next())
    }
}

extension Count {
    fileprivate init(reading columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            finalCash: try columns.optionalMoney(),
            cardTotal: try columns.money(),
            bankTransferTotal: try columns.money(),
            envelopeAmount: try columns.money(),
            expenses: try columns.money(),
            creditSalesTotal: try columns.money(),
            creditPaymentsCollected: try columns.money(),
            declaredCashSales: try columns.optionalMoney(),
            closingTicket: try columns.nextOptional())
    }
}

extension ColumnReader {
    /// Reads a reason, a user and a time: three columns that are null together.
    fileprivate mutating func mark() throws(DatabaseError) -> (reason: String, by: UserID, at: Instant)? {
        let reason = try nextOptional(String.self)
        let by: UserID? = try optionalID()
        let at = try optionalInstant()
        guard let reason, let by, let at else { return nil }
        return (reason, by, at)
    }
}

extension Authorized<Session?> {
    /// Reads the caller's role, then access to the business, then the session.
    init(reading columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            role: try columns.next(), seesBusiness: try columns.next(), value: try Session(reading: &columns))
    }
}
