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
            facts: try Facts(reading: &columns), terminal: try columns.nextOptional(),
            registeredTerminal: try columns.optionalID(), externalID: try columns.nextOptional(),
            notes: try columns.nextOptional(), count: try Count(reading: &columns), flag: try columns.mark(),
            deletion: try columns.mark(), previousCount: try columns.optionalMoney(),
            handedOverFrom: try columns.link(), handedOverTo: try columns.link(),
            corrections: try Corrections(reading: &columns), recorded: try Recorded(reading: &columns),
            version: try columns.next())
    }
}

extension Session.Facts {
    fileprivate init(reading columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            isOverdue: try columns.next(), isInEditWindow: try columns.next(), isInClosedBooks: try columns.next(),
            obstacle: try columns.nextOptional(), terminalName: try columns.nextOptional(),
            isBlind: try columns.next())
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

extension Corrections {
    fileprivate init(reading columns: inout ColumnReader) throws(DatabaseError) {
        let times: Int32 = try columns.next()
        let (finalCash, expectedCash) = (try columns.optionalMoney(), try columns.optionalMoney())
        self.init(
            times: times, atClose: finalCash.map { AtClose(finalCash: $0, expectedCash: expectedCash) })
    }
}

extension ColumnReader {
    /// Reads a session's id and number, and the user who handed over; `nil` if there was no handover.
    fileprivate mutating func link() throws(DatabaseError) -> Session.Link? {
        let (id, number): (SessionID?, Int64?) = (try optionalID(), try nextOptional())
        let by: UserID? = try optionalID()
        guard let id, let number, let by else { return nil }
        return Session.Link(id: id, number: number, by: by)
    }

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
    init(reading columns: inout ColumnReader) throws(DatabaseError) {
        self.init(
            role: try columns.next(),
            seesBusiness: try columns.next(),
            isBusinessActive: try columns.next(),
            isCashierReady: try columns.next(),
            instant: try columns.instant(),
            fingerprint: try columns.nextOptional(),
            callerTerminal: try columns.optionalID(),
            existing: try ExistingSession(reading: &columns))
    }
}

extension ExistingSession {
    /// Reads the columns of an existing session; `nil` if they are null because there is none.
    init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let id: SessionID = try columns.optionalID() else { return nil }
        let business: BusinessID = try columns.id()
        let (number, status) = (try columns.next(Int64.self), try columns.next(Session.Status.self))
        let (businessName, businessCurrency) = (try columns.next(String.self), try columns.next(String.self))
        let (currency, initialCash) = (try columns.next(String.self), try columns.money())
        let (openedAt, openedLocal, nowLocal) =
            (try columns.instant(), try columns.localTime(), try columns.localTime())
        let (businessDate, timeZone) = (try columns.day(), try columns.next(String.self))
        let (isStale, isInClosedBooks) = (try columns.next(Bool.self), try columns.next(Bool.self))
        let terminal = try columns.nextOptional(String.self)
        let (terminalID, terminalName): (CredentialID?, String?) =
            (try columns.optionalID(), try columns.nextOptional())
        let handedOverFrom = try columns.link()
        let version = try columns.next(Int64.self)
        self.init(
            id: id, number: number, status: status, business: business, businessName: businessName,
            businessCurrency: businessCurrency, cashier: try columns.id(), cashierName: try columns.next(),
            openedByName: try columns.next(), currency: currency, initialCash: initialCash, openedAt: openedAt,
            openedLocal: openedLocal, nowLocal: nowLocal, businessDate: businessDate, timeZone: timeZone,
            isStale: isStale, isInClosedBooks: isInClosedBooks, terminal: terminal,
            registeredTerminal: terminalID.map { Terminal.Link(id: $0, name: terminalName ?? "") },
            handedOverFrom: handedOverFrom, version: version)
    }
}

extension BackdateCheck {
    /// Reads the row of `session_backdate_check.sql`. Without a row there is no such business, and nothing to check.
    init(reading rows: Rows) throws(DatabaseError) {
        guard var columns = rows.first?.reader() else {
            self.init(isInClosedBooks: false, instant: Instant(milliseconds: 0), overlapping: nil)
            return
        }
        self.init(
            isInClosedBooks: try columns.next(), instant: try columns.instant(),
            overlapping: try ExistingSession(reading: &columns))
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
        guard try !columns.next(Bool.self) else {
            self = .externalIDTaken
            return
        }
        if let role = try columns.nextOptional(Role.self), let session = try Session(reading: &columns) {
            self = .opened(session, role)
        } else {
            self = .checkAgain
        }
    }
}
