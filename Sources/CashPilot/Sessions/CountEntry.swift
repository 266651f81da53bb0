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

    func applied(to value: Value?) -> Value? {
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
