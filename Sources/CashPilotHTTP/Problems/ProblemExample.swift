import CashPilot

/// The example of a problem document on the page at `/problems/{slug}`. The service's own code writes it.
struct ProblemExample {
    /// One member of the document or element of its arrays on each line.
    let text: String
    /// The names of the document's members, in order.
    let members: [String]

    init(_ code: ProblemCode, in locale: Locale) {
        self.init(document: Self.problem(code).document(requestID: "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7cff", in: locale))
    }

    /// Breaks lines down to the second level, so that the long `actions` of a conflict stay readable.
    private init(document: [UInt8]) {
        var (text, name, members): ([UInt8], [UInt8], [String]) = ([], [], [])
        var (depth, isInString, isEscaped, isName) = (0, false, false, false)
        for (byte, next) in zip(document, document.dropFirst() + [0]) {
            if isInString {
                text.append(byte)
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                guard isName else { continue }
                if isInString { name.append(byte) } else { members.append(String(decoding: name, as: UTF8.self)) }
                continue
            }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                text.append(byte)
                if next != byte + 2 { text += Self.lineBreak(at: depth) }
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if text.last != byte - 2, depth < Self.depthMax { text += Self.lineBreak(at: depth) }
                text.append(byte)
            case UInt8(ascii: ","):
                text.append(byte)
                text += depth > Self.depthMax ? [UInt8(ascii: " ")] : Self.lineBreak(at: depth)
            case UInt8(ascii: ":"): text += [byte, UInt8(ascii: " ")]
            default:
                isInString = byte == UInt8(ascii: "\"")
                isName = depth == 1 && text.last == UInt8(ascii: " ") && text.dropLast().last != UInt8(ascii: ":")
                name = []
                text.append(byte)
            }
        }
        self.text = String(decoding: text, as: UTF8.self)
        self.members = members
    }

    /// The deepest level of which each member has a line.
    private static let depthMax = 2

    private static func lineBreak(at depth: Int) -> [UInt8] {
        guard depth <= depthMax else { return [] }
        return [UInt8(ascii: "\n")] + Array(repeating: UInt8(ascii: " "), count: 2 * depth)
    }
}

extension ProblemExample {
    /// A problem with every member that its code can have.
    private static func problem(_ code: ProblemCode) -> Problem {
        switch code {
        case .sessionAlreadyOpen: Problem(of: .alreadyOpen(conflict(.open)))
        case .sessionOverlap: Problem(of: .overlaps(conflict(.backdate)))
        case .hasOpenSession:
            Problem(.hasOpenSession, extra: HeldSessions([conflict(.unassign(cashier))]).map { .held($0) })
        case .sessionAlreadyClosed: Problem(of: .alreadyClosed(closedSession))
        case .sessionNotOpen: Problem(of: .notOpen(closedSession))
        case .editWindowExpired: Problem(of: .editWindowExpired(closedSession))
        case .notDeleted: Problem(of: .notDeleted(closedSession))
        case .handedOver:
            Problem(
                of: .handedOver(
                    SuccessorLink(
                        session: Session.Link(id: session, number: 1043, by: cashier), business: business,
                        isVisible: true)))
        case .countFirst:
            Problem(of: .countFirst(session(.open, count: Count(finalCash: nil))))
        case .movementIDTaken: Problem(of: .movementIDTaken(movement))
        case .movementAlreadyReversed: Problem(of: .movementAlreadyReversed(movement))
        case .versionMismatch: Problem(of: .versionMismatch(current: 2))
        case .validationFailed:
            Problem(.validationFailed, extra: .fields([.member("initial_cash", .required, .money)]))
        case .tooManyRequests: Problem(of: .tooManyAttempts(seconds: 45))
        case .unavailable: .unavailable(.unknown, retryAfter: 1)
        default: Problem(code)
        }
    }

    private static let business = BusinessID(high: 0x0197_f4a0_0000_7000, low: 0x8000_0000_0000_00b1)
    private static let cashier = UserID(high: 0x0197_f4a0_0000_7000, low: 0x8000_0000_0000_00a1)
    private static let session = SessionID(high: 0x0197_f4a0_8a2b_7c33, low: 0x8d41_6f0e_5b6a_7c8d)
    /// 23 November 2026, 14:15 in Asunción.
    private static let openedAt = Instant(milliseconds: 1_795_454_100_000)
    private static let openedLocal = LocalTime(milliseconds: 1_795_443_300_000)
    private static let float = Money(minorUnits: 150_000)

    /// A cashier's own open, or another request of an administrator.
    private static func conflict(_ refused: RefusedRequest) -> SessionConflict {
        let existing = ExistingSession(
            id: session, number: 1042, status: .open, business: business, businessName: "Farmacia Centro",
            businessCurrency: "PYG", cashier: cashier, cashierName: "Ana", openedByName: "Ana", currency: "PYG",
            initialCash: float, openedAt: openedAt, openedLocal: openedLocal, nowLocal: openedLocal,
            businessDate: openedLocal.date, timeZone: "America/Asuncion", isStale: false, version: 1)
        let isOwn = refused == .open
        return SessionConflict(
            with: existing, for: isOwn ? cashier : nil, role: isOwn ? .cashier : .admin, at: openedAt,
            refused: refused)
    }

    private static var closedSession: Session {
        session(
            .closed, count: Count(finalCash: Money(minorUnits: 490_000), declaredCashSales: Money(minorUnits: 350_000)))
    }

    private static func session(_ status: Session.Status, count: Count) -> Session {
        let isClosed = status == .closed
        return Session(
            id: session, number: 1042, business: business, cashier: cashier, openedBy: cashier, status: status,
            currency: "PYG", initialCash: float, openedAt: openedAt, endedAt: nil,
            closedAt: isClosed ? Instant(milliseconds: openedAt.milliseconds + 21_600_000) : nil,
            closedBy: isClosed ? cashier : nil, businessDate: openedLocal.date, timeZone: "America/Asuncion",
            openedLocal: openedLocal, terminal: nil, notes: nil, count: count, flag: nil, deletion: nil,
            version: isClosed ? 2 : 1)
    }

    private static var movement: MovementView {
        MovementView(
            Movement(
                id: MovementID(high: 0x0197_f4b1_0c11_7a00, low: 0x9c55_3b1d_0e6f_7a10), business: business,
                session: session, number: 5, kind: .paidOut(.expense), amount: Money(minorUnits: 35_000),
                effect: Money(minorUnits: -35_000), reason: "Delivery", recordedBy: cashier, occurredAt: openedAt,
                recordedAt: openedAt),
            currency: "PYG", showsAmount: true)
    }
}
