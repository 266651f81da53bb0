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

/// The figures computed from a float and a count. A figure is `nil` until its inputs are known.
package struct Totals: Equatable, Sendable {
    package let cashSales: Money?
    package let totalSales: Money?
    package let netEarnings: Money?
    package let expectedCash: Money?
    package let overShort: Money?

    /// Computes the totals of a drawer that started with `float`.
    ///
    /// - cash sales = (final cash − float) + envelope + expenses − credit payments collected
    /// - total sales = cash sales + card + bank transfers + credit sales
    /// - net earnings = total sales − expenses
    /// - expected cash = float + declared cash sales + credit payments collected − expenses − envelope
    /// - over or short = final cash − expected cash; negative is short
    ///
    /// Expenses are paid out of the drawer, the envelope is a drop, and credit payments are paid in.
    /// Example: float 500 000, count 1 200 000, envelope 300 000, expenses 50 000, credit payments 100 000
    /// → cash sales 950 000; declared 960 000 → expected 1 210 000, and 10 000 short.
    ///
    /// - Throws: ``MoneyError/overflow`` beyond `Int64`; twelve accepted amounts cannot reach it.
    package init(float: Money, count: Count) throws(MoneyError) {
        cashSales = try count.finalCash.map { cash throws(MoneyError) in
            try cash.subtracting(float)
                .adding(count.envelopeAmount).adding(count.expenses).subtracting(count.creditPaymentsCollected)
        }
        totalSales = try cashSales.map { sales throws(MoneyError) in
            try sales.adding(count.cardTotal).adding(count.bankTransferTotal).adding(count.creditSalesTotal)
        }
        netEarnings = try totalSales.map { sales throws(MoneyError) in try sales.subtracting(count.expenses) }
        let expected = try count.declaredCashSales.map { declared throws(MoneyError) in
            try float.adding(declared)
                .adding(count.creditPaymentsCollected).subtracting(count.expenses).subtracting(count.envelopeAmount)
        }
        expectedCash = expected
        overShort = try count.finalCash.flatMap { cash throws(MoneyError) in
            try expected.map { expected throws(MoneyError) in try cash.subtracting(expected) }
        }
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
