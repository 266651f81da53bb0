import CashPilot
import Postgres

extension Session {
    /// Reads the session columns, in the order used by every statement that returns a session.
    ///
    /// - Returns: `nil` if the columns are null because an outer join found no row.
    init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let id: SessionID = try columns.optionalID() else { return nil }
        self.init(
            id: id, number: try columns.next(), business: try columns.id(), cashier: try columns.id(),
            openedBy: try columns.id(), status: try columns.next(), currency: try columns.next(),
            initialCash: try columns.money(), openedAt: try columns.instant(), endedAt: try columns.optionalInstant(),
            closedAt: try columns.optionalInstant(), closedBy: try columns.optionalID(),
            businessDate: try columns.day(), timeZone: try columns.next(), openedLocal: try columns.localTime(),
            isStale: try columns.next(), isInEditWindow: try columns.next(), terminal: try columns.nextOptional(),
            notes: try columns.nextOptional(), count: try Count(reading: &columns), flag: try columns.mark(),
            deletion: try columns.mark(), version: try columns.next())
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
    fileprivate mutating func mark() throws(DatabaseError) -> Session.Mark? {
        let reason = try nextOptional(String.self)
        let by: UserID? = try optionalID()
        let at = try optionalInstant()
        guard let reason, let by, let at else { return nil }
        return Session.Mark(reason: reason, by: by, at: at)
    }
}

extension Authorized<Session?> {
    /// Reads the caller's role, then access to the business, then the session.
    init(reading columns: inout ColumnReader) throws(DatabaseError) {
        self.init(role: try columns.next(), seesBusiness: try columns.next(), value: try Session(reading: &columns))
    }
}

extension OpenPrecheck {
    /// Reads a row of `session_open_precheck.sql`.
    init(reading columns: inout ColumnReader, business: BusinessID, cashier: UserID) throws(DatabaseError) {
        self.init(
            role: try columns.next(),
            seesBusiness: try columns.next(),
            isBusinessActive: try columns.next(),
            isCashierReady: try columns.next(),
            instant: try columns.instant(),
            fingerprint: try columns.nextOptional(),
            existing: try ExistingSession(reading: &columns, business: business, cashier: cashier))
    }
}

extension ExistingSession {
    /// - Returns: `nil` if the open-session key is free.
    init?(reading columns: inout ColumnReader, business: BusinessID, cashier: UserID) throws(DatabaseError) {
        guard let id: SessionID = try columns.optionalID() else { return nil }
        let number = try columns.next(Int64.self)
        let status: Session.Status = try columns.next()
        let openedAt = try columns.instant()
        let openedLocal = try columns.localTime()
        let nowLocal = try columns.localTime()
        let businessDate = try columns.day()
        let timeZone = try columns.next(String.self)
        let isStale = try columns.next(Bool.self)
        let version = try columns.next(Int64.self)
        self.init(
            id: id, number: number, status: status, business: business, cashier: cashier,
            cashierName: try columns.next(), openedAt: openedAt, openedLocal: openedLocal, nowLocal: nowLocal,
            businessDate: businessDate, timeZone: timeZone, isStale: isStale, version: version)
    }
}

extension OpenOutcome {
    /// Reads the result of `session_open.sql`.
    ///
    /// - Returns: `nil` if nothing was inserted because the one-open index is not valid and the open-session key was
    ///   not locked.
    init?(reading rows: Rows, isKeyLocked: Bool) throws(DatabaseError) {
        guard var columns = rows.first?.reader() else {
            self = .checkAgain
            return
        }
        let isIndexValid = try columns.next(Bool.self)
        guard isIndexValid || isKeyLocked else { return nil }
        guard try columns.next(Bool.self) else {
            self = .requestInFlight
            return
        }
        if let role = try columns.nextOptional(Role.self), let session = try Session(reading: &columns) {
            self = .opened(session, role)
        } else {
            self = .checkAgain
        }
    }
}
