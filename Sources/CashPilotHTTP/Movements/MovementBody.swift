import CashPilot

/// The body of a movement. Its type says which other fields it has.
struct MovementBody {
    let id: MovementID?
    let entry: MovementEntry
    let reason: String?
    let terminal: String?

    init(reading body: inout BodyReader) {
        id = body.movementID()
        let name: MovementKind.Name? = body.requiredChoice("type")
        let kind = name.flatMap { Self.kind($0, reading: &body) }
        entry = MovementEntry(
            kind: kind ?? .noSale, amount: body.amount(of: name), counterpart: body.counterpart(of: kind),
            reference: body.text("reference", .closingTicket), occurredAt: body.instant("occurred_at"))
        reason =
            kind?.needsReason ?? false
            ? body.requiredReason("reason", length: TextLength.reason)
            : body.reason("reason", length: TextLength.reason)
        terminal = body.text("terminal_id", length: TextLength.terminal)
        if name == nil { body.pass(over: ["category", "counterpart_cashier_id"]) }
    }

    private static func kind(_ name: MovementKind.Name, reading body: inout BodyReader) -> MovementKind? {
        switch name {
        case .paidIn: return body.requiredChoice("category").map { .paidIn($0) }
        case .paidOut: return body.requiredChoice("category").map { .paidOut($0) }
        case .cashSale, .cashRefund, .drop, .noSale:
            body.refuse("category", .absent(unless: "PAID_IN, PAID_OUT"))
            return MovementKind(name, category: nil)
        }
    }
}

/// The body of a reversal.
struct ReversalBody {
    let id: MovementID?
    let reason: String

    init(reading body: inout BodyReader) {
        id = body.movementID()
        reason = body.requiredReason("reason", length: TextLength.reason)
    }
}

extension BodyReader {
    /// Reads an id that the client made; not the nil UUID.
    fileprivate mutating func movementID() -> MovementID? {
        guard let id: MovementID = id("id") else { return nil }
        return id == MovementID(high: 0, low: 0) ? fail("id", .format, .madeID) : id
    }

    /// Reads the amount: 0 or absent if a drawer was only opened, else at least 1.
    fileprivate mutating func amount(of name: MovementKind.Name?) -> Money {
        let range: ClosedRange<Int> =
            switch name {
            case .noSale: 0...0
            case nil: 0...Int(Money.accepted.upperBound)
            case .cashSale, .cashRefund, .paidIn, .paidOut, .drop: 1...Int(Money.accepted.upperBound)
            }
        if range.lowerBound > 0 { require("amount", .integer(range)) }
        return Money(minorUnits: Int64(integer("amount", in: range) ?? 0))
    }

    /// Reads the other cashier of a transfer. Other movements have none.
    fileprivate mutating func counterpart(of kind: MovementKind?) -> UserID? {
        guard let kind else {
            pass(over: ["counterpart_cashier_id"])
            return nil
        }
        guard kind.isTransfer else {
            refuse("counterpart_cashier_id", .absent(unless: "TRANSFER"))
            return nil
        }
        return requiredID("counterpart_cashier_id")
    }
}

extension Expectation {
    fileprivate static func absent(unless words: String) -> Expectation {
        .other(Localized(es: "ausente, salvo con \(words)", en: "absent, except with \(words)"))
    }

    fileprivate static var madeID: Expectation {
        .with(Localized(es: "que no sea todo ceros", en: "not all zeros"), .id)
    }
}
