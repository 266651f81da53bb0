/// Cash that entered or left the drawer of a session, or a drawer that was opened without a sale.
///
/// It never changes. A mistake is undone by a reversal: a movement with the opposite effect.
package struct Movement: Equatable, Sendable {
    /// Made by the client or by the service, unique in the business. It makes the movement once-only.
    package let id: MovementID
    package let business: BusinessID
    package let session: SessionID
    /// Numbers the session's movements from 1, without gaps.
    package let number: Int32
    package let kind: MovementKind
    /// In minor units; positive, and 0 only for ``MovementKind/noSale``.
    package let amount: Money
    /// What it did to the cash in the drawer; negative took some out.
    package let effect: Money
    /// The movement that this one reverses; `nil` if it is no reversal.
    package let reverses: MovementID?
    /// The reversal of this movement; `nil` if it stands.
    package let reversedBy: MovementID?
    /// The cashier at the other end of a transfer.
    package let counterpart: UserID?
    /// 1–50 of `A–Z a–z 0–9 -`.
    package let reference: String?
    package let reason: String?
    package let recordedBy: UserID
    package let terminal: String?
    /// True if it was recorded after the session was closed.
    package let isLate: Bool
    package let occurredAt: Instant
    /// The database's clock.
    package let recordedAt: Instant

    package init(
        id: MovementID, business: BusinessID, session: SessionID, number: Int32, kind: MovementKind, amount: Money,
        effect: Money, reverses: MovementID? = nil, reversedBy: MovementID? = nil, counterpart: UserID? = nil,
        reference: String? = nil, reason: String? = nil, recordedBy: UserID, terminal: String? = nil,
        isLate: Bool = false, occurredAt: Instant, recordedAt: Instant
    ) {
        self.id = id
        self.business = business
        self.session = session
        self.number = number
        self.kind = kind
        self.amount = amount
        self.effect = effect
        self.reverses = reverses
        self.reversedBy = reversedBy
        self.counterpart = counterpart
        self.reference = reference
        self.reason = reason
        self.recordedBy = recordedBy
        self.terminal = terminal
        self.isLate = isLate
        self.occurredAt = occurredAt
        self.recordedAt = recordedAt
    }
}

/// What a movement is: its type, and the category of cash that was paid in or out.
package enum MovementKind: Hashable, Sendable {
    /// The raw value is the API name.
    package enum Name: String, Sendable, CaseIterable {
        case cashSale = "CASH_SALE"
        case cashRefund = "CASH_REFUND"
        case paidIn = "PAID_IN"
        case paidOut = "PAID_OUT"
        case drop = "DROP"
        case noSale = "NO_SALE"
    }

    package enum PaidIn: String, Sendable, CaseIterable {
        /// A customer paid an earlier credit sale.
        case creditPayment = "CREDIT_PAYMENT"
        case change = "CHANGE"
        case transfer = "TRANSFER"
        case other = "OTHER"
    }

    package enum PaidOut: String, Sendable, CaseIterable {
        case expense = "EXPENSE"
        case change = "CHANGE"
        case tip = "TIP"
        case transfer = "TRANSFER"
        case other = "OTHER"
    }

    /// The cash of a sale that stayed in the drawer, after change and rounding.
    case cashSale
    case cashRefund
    case paidIn(PaidIn)
    case paidOut(PaidOut)
    /// Cash moved to an envelope or the safe.
    case drop
    /// The drawer was opened without a sale.
    case noSale

    /// - Returns: `nil` if the type has no such category, or needs one.
    package init?(_ name: Name, category: String?) {
        switch (name, category) {
        case (.cashSale, nil): self = .cashSale
        case (.cashRefund, nil): self = .cashRefund
        case (.drop, nil): self = .drop
        case (.noSale, nil): self = .noSale
        case (.paidIn, let category?):
            guard let category = PaidIn(rawValue: category) else { return nil }
            self = .paidIn(category)
        case (.paidOut, let category?):
            guard let category = PaidOut(rawValue: category) else { return nil }
            self = .paidOut(category)
        default: return nil
        }
    }

    package var name: Name {
        switch self {
        case .cashSale: .cashSale
        case .cashRefund: .cashRefund
        case .paidIn: .paidIn
        case .paidOut: .paidOut
        case .drop: .drop
        case .noSale: .noSale
        }
    }

    package var category: String? {
        switch self {
        case .paidIn(let category): category.rawValue
        case .paidOut(let category): category.rawValue
        case .cashSale, .cashRefund, .drop, .noSale: nil
        }
    }

    /// True if the movement is a fact about sales, which a cashier must not know before a blind count.
    package var isOfSales: Bool { self == .cashSale || self == .cashRefund }

    package var isTransfer: Bool { self == .paidIn(.transfer) || self == .paidOut(.transfer) }

    /// True if people must say why.
    package var needsReason: Bool { self == .noSale || self == .paidIn(.other) || self == .paidOut(.other) }
}

/// A movement as one caller may see it.
package struct MovementView: Sendable {
    package let movement: Movement
    /// ISO 4217: that of the session.
    package let currency: String
    /// False if the caller must not know the amount before their count.
    package let showsAmount: Bool

    package init(_ movement: Movement, currency: String, showsAmount: Bool) {
        self.movement = movement
        self.currency = currency
        self.showsAmount = showsAmount
    }

    /// - Parameter isEcho: true for the response to the request that had the amount.
    init(_ movement: Movement, in session: Session, to caller: Role, isEcho: Bool = false) {
        let isHidden = movement.kind.isOfSales && session.isBlind(to: caller)
        self.init(movement, currency: session.currency, showsAmount: isEcho || !isHidden)
    }
}
