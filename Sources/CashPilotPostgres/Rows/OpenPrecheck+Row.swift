import CashPilot
import Postgres

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
    init?(
        reading columns: inout ColumnReader, business: BusinessID, cashier: UserID
    ) throws(DatabaseError) {
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
