/// The amounts that a cashier counts and declares, in minor units of the session's currency.
package struct Count: Equatable, Sendable {
    /// The cash in the drawer; `nil` until it is counted.
    package var finalCash: Money?
    package var cardTotal: Money
    package var bankTransferTotal: Money
    /// Cash moved from the drawer to an envelope or the safe.
    package var envelopeAmount: Money
    /// Cash paid out of the drawer.
    package var expenses: Money
    package var creditSalesTotal: Money
    /// Cash received for earlier credit sales.
    package var creditPaymentsCollected: Money
    /// Cash sales according to the point-of-sale system; `nil` if not declared, because zero would be wrong.
    package var declaredCashSales: Money?
    /// 1–50 of `A–Z a–z 0–9 -`.
    package var closingTicket: String?

    package init(
        finalCash: Money?, cardTotal: Money = .zero, bankTransferTotal: Money = .zero, envelopeAmount: Money = .zero,
        expenses: Money = .zero, creditSalesTotal: Money = .zero, creditPaymentsCollected: Money = .zero,
        declaredCashSales: Money? = nil, closingTicket: String? = nil
    ) {
        self.finalCash = finalCash
        self.cardTotal = cardTotal
        self.bankTransferTotal = bankTransferTotal
        self.envelopeAmount = envelopeAmount
        self.expenses = expenses
        self.creditSalesTotal = creditSalesTotal
        self.creditPaymentsCollected = creditPaymentsCollected
        self.declaredCashSales = declaredCashSales
        self.closingTicket = closingTicket
    }
}

/// What should be in a drawer: the terms of the expected cash, from entered and recorded amounts.
package struct Figures: Equatable, Sendable {
    /// The recorded sales, or the declared ones if no sale and no refund was recorded; `nil` while neither is known.
    package let sales: Money?
    package let paidIn: Money
    package let paidOut: Money
    package let drops: Money
    /// `nil` while nobody knows the sales. May be negative.
    package let expectedCash: Money?

    /// - paid in = credit payments collected + recorded paid in
    /// - paid out = expenses + recorded paid out
    /// - drops = envelope + recorded drops
    /// - expected cash = float + sales − recorded refunds + paid in − paid out − drops
    ///
    /// `session_expected_cash` in SQL has the same formula.
    ///
    /// - Throws: ``MoneyError/overflow`` beyond `Int64`; accepted amounts cannot reach it.
    package init(float: Money, count: Count, recorded: Recorded) throws(MoneyError) {
        let sales = recorded.hasSales ? recorded.cashSales : count.declaredCashSales
        let paidIn = try count.creditPaymentsCollected.adding(recorded.paidIn)
        let paidOut = try count.expenses.adding(recorded.paidOut)
        let drops = try count.envelopeAmount.adding(recorded.drops)
        self.sales = sales
        self.paidIn = paidIn
        self.paidOut = paidOut
        self.drops = drops
        expectedCash = try sales.map { sales throws(MoneyError) in
            try float.adding(sales).subtracting(recorded.cashRefunds)
                .adding(paidIn).subtracting(paidOut).subtracting(drops)
        }
    }
}

/// The figures computed from a float, a count and the movements. All are `nil` until the session is counted.
package struct Totals: Equatable, Sendable {
    package let cashSales: Money?
    package let totalSales: Money?
    package let netEarnings: Money?
    package let expectedCash: Money?
    package let overShort: Money?

    /// Computes the totals of a drawer that started with `float`.
    ///
    /// - cash sales = (final cash − float) + drops + paid out − paid in: what the count says was sold, net of refunds
    /// - total sales = cash sales + card + bank transfers + credit sales
    /// - net earnings = total sales − (expenses + recorded expenses)
    /// - expected cash, drops, paid in and paid out: see ``Figures``
    /// - over or short = final cash − expected cash; negative is short
    ///
    /// Example: float 500 000, recorded sales 1 000 000, refunds 40 000, paid in 100 000, paid out 50 000, drops
    /// 300 000 → expected 1 210 000. Count 1 200 000 → cash sales 950 000, and 10 000 short.
    ///
    /// - Throws: ``MoneyError/overflow`` beyond `Int64`; accepted amounts cannot reach it.
    package init(float: Money, count: Count, recorded: Recorded = Recorded()) throws(MoneyError) {
        guard let cash = count.finalCash else {
            (cashSales, totalSales, netEarnings, expectedCash, overShort) = (nil, nil, nil, nil, nil)
            return
        }
        let figures = try Figures(float: float, count: count, recorded: recorded)
        let cashSales = try cash.subtracting(float)
            .adding(figures.drops).adding(figures.paidOut).subtracting(figures.paidIn)
        let totalSales = try cashSales.adding(count.cardTotal).adding(count.bankTransferTotal)
            .adding(count.creditSalesTotal)
        self.cashSales = cashSales
        self.totalSales = totalSales
        netEarnings = try totalSales.subtracting(count.expenses).subtracting(recorded.expenses)
        expectedCash = figures.expectedCash
        overShort = try figures.expectedCash.map { expected throws(MoneyError) in try cash.subtracting(expected) }
    }
}

/// The figures of a count as entered. `nil` and `.keep` leave a stored value unchanged.
package struct CountEntry: Sendable {
    package var finalCash: Money?
    package var cardTotal: Money?
    package var bankTransferTotal: Money?
    package var envelopeAmount: Money?
    package var expenses: Money?
    package var creditSalesTotal: Money?
    package var creditPaymentsCollected: Money?
    package var declaredCashSales = Replacement<Money>.keep
    package var closingTicket = Replacement<String>.keep

    package init(finalCash: Money? = nil) { self.finalCash = finalCash }
}

/// A replacement for a value that may be absent.
package enum Replacement<Value: Sendable>: Sendable {
    case keep
    /// `nil` removes the value.
    case with(Value?)

    /// The new value; `nil` if there is none.
    package var value: Value? {
        switch self {
        case .keep: nil
        case .with(let new): new
        }
    }

    /// False if the stored value is kept.
    package var isReplaced: Bool { if case .with = self { true } else { false } }

    package func applied(to value: Value?) -> Value? {
        switch self {
        case .keep: value
        case .with(let new): new
        }
    }
}

extension Count {
    /// Replaces the stored figures with the entered ones.
    mutating func apply(_ entry: CountEntry) {
        finalCash = entry.finalCash ?? finalCash
        cardTotal = entry.cardTotal ?? cardTotal
        bankTransferTotal = entry.bankTransferTotal ?? bankTransferTotal
        envelopeAmount = entry.envelopeAmount ?? envelopeAmount
        expenses = entry.expenses ?? expenses
        creditSalesTotal = entry.creditSalesTotal ?? creditSalesTotal
        creditPaymentsCollected = entry.creditPaymentsCollected ?? creditPaymentsCollected
        declaredCashSales = entry.declaredCashSales.applied(to: declaredCashSales)
        closingTicket = entry.closingTicket.applied(to: closingTicket)
    }
}
