import CashPilot
import Testing

@testable import CashPilotHTTP

/// Sample values for documents.
enum Sample {
    static let business = BusinessID(high: 0x0197_f4a0_0000_7000, low: 0x8000_0000_0000_00b1)
    static let session = SessionID(high: 0x0197_f4a0_8a2b_7c33, low: 0x8d41_6f0e_5b6a_7c8d)
    static let ana = UserID(high: 0x0197_f4a0_0000_7000, low: 0x8000_0000_0000_00a1)
    static let admin = UserID(high: 0x0197_f4a0_0000_7000, low: 0x8000_0000_0000_00ad)

    static let caller = Caller(id: ana, bearer: APIFixture.bearer.hash, requestID: "r-2", clientRequestID: "till-2")

    /// `2026-11-23T17:15:00.000Z`, which is 14:15 in Asunción.
    static let openedAt = instant("2026-11-23T17:15:00Z")
    static let openedLocal = local("2026-11-23T14:15")
    static let businessDate = openedLocal.date

    static func instant(_ text: String) -> Instant { Instant(rfc3339: text) ?? Instant(milliseconds: .min) }

    static func local(_ text: String) -> LocalTime {
        LocalTime(milliseconds: instant(text + ":00Z").milliseconds)
    }

    static func existing(
        openedLocal: LocalTime = openedLocal, nowLocal: LocalTime = local("2026-11-23T18:00"),
        cashierName: String = "Ana"
    ) -> ExistingSession {
        ExistingSession(
            id: session, number: 1042, status: .open, business: business, businessName: "Farmacia Centro",
            businessCurrency: "PYG",
            cashier: ana, cashierName: cashierName, openedByName: cashierName, currency: "PYG",
            initialCash: Money(minorUnits: 150_000),
            openedAt: openedAt, openedLocal: openedLocal, nowLocal: nowLocal, businessDate: businessDate,
            timeZone: "America/Asuncion", isStale: false, version: 1)
    }

    /// The conflict of the cashier herself, or of an administrator.
    static func conflict(with existing: ExistingSession = existing(), isOwn: Bool = true) -> SessionConflict {
        SessionConflict(
            with: existing, for: isOwn ? ana : admin, role: isOwn ? .cashier : .admin, at: openedAt)
    }

    static func openSession(version: Int64 = 1, isStale: Bool = false) -> Session {
        session(.open, count: Count(finalCash: nil), version: version, isStale: isStale)
    }

    /// The worked example: 10 000 short.
    static func closedSession() -> Session {
        session(
            .closed,
            count: Count(
                finalCash: Money(minorUnits: 1_200_000), cardTotal: Money(minorUnits: 70_000),
                envelopeAmount: Money(minorUnits: 300_000), expenses: Money(minorUnits: 50_000),
                creditPaymentsCollected: Money(minorUnits: 100_000), declaredCashSales: Money(minorUnits: 960_000),
                closingTicket: "Z-17"),
            initialCash: 500_000, version: 2)
    }

    static func session(
        _ status: Session.Status, count: Count, initialCash: Int64 = 150_000, version: Int64,
        isStale: Bool = false, externalID: String? = nil, flag: Session.Flag? = nil,
        deletion: Session.Deletion? = nil
    ) -> Session {
        let isClosed = status == .closed
        return Session(
            id: session, number: 1042, business: business, cashier: ana, openedBy: ana, status: status,
            currency: "PYG", initialCash: Money(minorUnits: initialCash), openedAt: openedAt, endedAt: nil,
            closedAt: isClosed ? instant("2026-11-23T23:00:00.5Z") : nil, closedBy: isClosed ? admin : nil,
            businessDate: businessDate, timeZone: "America/Asuncion", openedLocal: openedLocal,
            facts: Session.Facts(isOverdue: isStale, isInEditWindow: status == .closed),
            terminal: nil, externalID: externalID, notes: nil, count: count, flag: flag, deletion: deletion,
            recorded: count.finalCash.map { _ in Recorded() }, version: version)
    }
}
