import CashPilot

/// Values that tests need and do not care about.
enum Example {
    static let ids = IDMaker(milliseconds: { 1_764_000_000_000 }, random: { .random(in: .min ... .max) })
    static let business: BusinessID = ids.make()
    static let ana: UserID = ids.make()
    static let admin: UserID = ids.make()

    static let bearer = BearerHash(Array(repeating: 1, count: 32))

    static func caller(_ id: UserID = ana) -> Caller { Caller(id: id, bearer: bearer, requestID: "r-1") }

    static let login = NewLogin(
        bearer: bearer, name: "curl/8", lifetime: .seconds(3_600), requestID: "r-1", clientRequestID: "c-1")

    static func openRequest(by caller: UserID = ana, for cashier: UserID = ana, key: IdempotencyKey? = nil)
        -> OpenRequest
    {
        OpenRequest(caller: self.caller(caller), business: business, cashier: cashier, initialCash: .zero, key: key)
    }

    static func key(_ fingerprint: UInt8 = 1) -> IdempotencyKey {
        IdempotencyKey(text: "k", fingerprint: [UInt8](repeating: fingerprint, count: 32))
    }

    static func precheck(
        role: Role = .cashier, seesBusiness: Bool = true, isBusinessActive: Bool = true, isCashierReady: Bool = true,
        fingerprint: [UInt8]? = nil, existing: ExistingSession? = nil
    ) -> OpenPrecheck {
        OpenPrecheck(
            role: role, seesBusiness: seesBusiness, isBusinessActive: isBusinessActive,
            isCashierReady: isCashierReady, instant: Instant(milliseconds: 1_764_000_000_000),
            fingerprint: fingerprint, existing: existing)
    }

    static func existing(session: SessionID = ids.make(), cashier: UserID = ana) -> ExistingSession {
        ExistingSession(
            id: session, number: 7, status: .open, business: business, businessName: "Farmacia Centro",
            businessCurrency: "PYG",
            cashier: cashier, cashierName: "Ana", openedByName: "Ana", currency: "PYG", initialCash: .zero,
            openedAt: Instant(milliseconds: 0), openedLocal: LocalTime(milliseconds: 0),
            nowLocal: LocalTime(milliseconds: 60_000), businessDate: CivilDate(daysSince1970: 0),
            timeZone: "America/Asuncion", isStale: false, version: 1)
    }

    static func session(
        _ status: Session.Status = .open, cashier: UserID = ana, version: Int64 = 1, isDeleted: Bool = false,
        facts: Session.Facts = Session.Facts()
    ) -> Session {
        let zero = Instant(milliseconds: 0)
        return Session(
            id: ids.make(), number: 7, business: business, cashier: cashier, openedBy: cashier, status: status,
            currency: "PYG", initialCash: .zero, openedAt: zero, endedAt: status == .ended ? zero : nil,
            closedAt: status == .closed ? zero : nil, closedBy: status == .closed ? cashier : nil,
            businessDate: CivilDate(daysSince1970: 0), timeZone: "America/Asuncion",
            openedLocal: LocalTime(milliseconds: 0), facts: facts,
            terminal: nil, notes: nil,
            count: Count(finalCash: status == .closed ? .zero : nil), flag: nil,
            deletion: isDeleted ? Session.Deletion(reason: "mistake", by: admin, at: zero) : nil, version: version)
    }

    static func conflict(
        with existing: ExistingSession = existing(), for caller: UserID = ana, role: Role = .cashier,
        at milliseconds: Int64 = 1_764_000_000_000
    ) -> SessionConflict {
        SessionConflict(with: existing, for: caller, role: role, at: Instant(milliseconds: milliseconds))
    }
}

extension OpenResult {
    /// The opened or resumed session.
    var session: Session? {
        switch self {
        case .opened(let view), .resumed(let view): view.session
        case .conflict: nil
        }
    }

    var conflict: SessionConflict? { if case .conflict(let conflict) = self { conflict } else { nil } }
}
