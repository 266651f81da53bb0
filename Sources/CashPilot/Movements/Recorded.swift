/// What the movements of a session add up to. The sums are net: a reversal subtracts.
package struct Recorded: Equatable, Sendable {
    /// The number of movements, reversals included.
    package var movements: Int64
    /// True if a sale or a refund was recorded, also one that was reversed.
    package var hasSales: Bool
    package var cashSales: Money
    package var cashRefunds: Money
    package var paidIn: Money
    package var paidOut: Money
    /// The part of ``paidOut`` that is an expense.
    package var expenses: Money
    package var drops: Money
    /// How many movements were recorded after the close.
    package var late: Int64

    package init(
        movements: Int64 = 0, hasSales: Bool = false, cashSales: Money = .zero, cashRefunds: Money = .zero,
        paidIn: Money = .zero, paidOut: Money = .zero, expenses: Money = .zero, drops: Money = .zero, late: Int64 = 0
    ) {
        self.movements = movements
        self.hasSales = hasSales
        self.cashSales = cashSales
        self.cashRefunds = cashRefunds
        self.paidIn = paidIn
        self.paidOut = paidOut
        self.expenses = expenses
        self.drops = drops
        self.late = late
    }
}

/// The movements of one kind in a session.
package struct MovementSum: Equatable, Sendable {
    package let kind: MovementKind
    /// Net of reversals.
    package let amount: Money
    /// How many neither were reversed nor reverse another.
    package let standing: Int64
    package let reversals: Int64
    /// How many were recorded after the close.
    package let late: Int64
    /// What the late ones did to the cash in the drawer.
    package let lateEffect: Money

    package init(
        kind: MovementKind, amount: Money, standing: Int64, reversals: Int64 = 0, late: Int64 = 0,
        lateEffect: Money = .zero
    ) {
        self.kind = kind
        self.amount = amount
        self.standing = standing
        self.reversals = reversals
        self.late = late
        self.lateEffect = lateEffect
    }
}

extension Recorded {
    /// Adds up the kinds.
    ///
    /// - Throws: ``MoneyError/overflow``, which 20 000 accepted amounts cannot reach.
    package init(_ sums: [MovementSum]) throws(MoneyError) {
        self.init()
        for sum in sums {
            // A reversal has the kind of the movement that it reverses.
            movements += sum.standing + 2 * sum.reversals
            late += sum.late
            switch sum.kind {
            case .cashSale: cashSales = try cashSales.adding(sum.amount)
            case .cashRefund: cashRefunds = try cashRefunds.adding(sum.amount)
            case .paidIn: paidIn = try paidIn.adding(sum.amount)
            case .paidOut(let category):
                paidOut = try paidOut.adding(sum.amount)
                if category == .expense { expenses = try expenses.adding(sum.amount) }
            case .drop: drops = try drops.adding(sum.amount)
            case .noSale: break
            }
            hasSales = hasSales || sum.kind.isOfSales
        }
    }
}
