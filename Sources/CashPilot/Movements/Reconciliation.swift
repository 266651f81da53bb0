/// Every term of the expected cash of a session, and the count beside it.
///
/// The terms add up: the sum of sign × amount is the expected cash, and the parts of a term are its amount.
package struct Reconciliation: Sendable {
    /// Where a part of a term comes from.
    package enum Source: Equatable, Sendable {
        /// Typed in for the session, as the named member of its JSON.
        case entered(field: String)
        /// The number of movements that stand, and their category, if they have one.
        case recorded(category: String?, movements: Int64)
    }

    package struct Part: Equatable, Sendable {
        package let source: Source
        package let amount: Money

        package init(_ source: Source, _ amount: Money) {
            self.source = source
            self.amount = amount
        }
    }

    package struct Term: Equatable, Sendable {
        package let name: String
        /// 1 if it adds to the expected cash, -1 if it takes from it.
        package let sign: Int64
        /// `nil` while nobody knows it.
        package let amount: Money?
        package let parts: [Part]
    }

    package let session: Session
    /// The database's clock.
    package let instant: Instant
    package let recorded: Recorded
    package let terms: [Term]
    /// `nil` while nobody knows the sales. May be negative.
    package let expectedCash: Money?
    /// The count minus the expected cash; negative is short.
    package let overShort: Money?
    /// The declared sales minus the recorded ones; `nil` unless both are known.
    package let declaredGap: Money?
    package let reversals: Int64
    package let noSales: Int64
    /// What late movements did to the cash.
    package let lateEffect: Money
    /// The hash of the last movement; `nil` without one.
    package let hash: [UInt8]?

    /// - Parameters:
    ///   - sums: the movements of the session, from the same snapshot.
    ///   - hash: the session's `recorded_hash`.
    /// - Throws: ``MoneyError/overflow``, which accepted amounts never cause.
    package init(of session: Session, sums: [MovementSum], hash: [UInt8]?, at instant: Instant) throws(MoneyError) {
        let recorded = try Recorded(sums)
        let figures = try Figures(float: session.initialCash, count: session.count, recorded: recorded)
        self.session = session
        self.instant = instant
        self.recorded = recorded
        self.hash = hash
        terms = Self.terms(of: session, sums, recorded, figures)
        expectedCash = figures.expectedCash
        overShort = try Self.difference(session.count.finalCash, figures.expectedCash)
        declaredGap = recorded.hasSales ? try Self.difference(session.count.declaredCashSales, recorded.cashSales) : nil
        reversals = sums.reduce(0) { $0 + $1.reversals }
        noSales = sums.reduce(0) { $0 + ($1.kind == .noSale ? $1.standing : 0) }
        var lateEffect = Money.zero
        for sum in sums { lateEffect = try lateEffect.adding(sum.lateEffect) }
        self.lateEffect = lateEffect
    }

    private static func difference(_ a: Money?, _ b: Money?) throws(MoneyError) -> Money? {
        guard let a, let b else { return nil }
        return try a.subtracting(b)
    }

    private static func terms(
        of session: Session, _ sums: [MovementSum], _ recorded: Recorded, _ figures: Figures
    ) -> [Term] {
        let count = session.count
        func parts(_ name: MovementKind.Name, and entered: Part? = nil) -> [Part] {
            let recorded = sums.filter { $0.kind.name == name }.map { sum in
                Part(.recorded(category: sum.kind.category, movements: sum.standing), sum.amount)
            }
            return recorded + (entered.map { [$0] } ?? [])
        }
        let sales =
            recorded.hasSales
            ? parts(.cashSale)
            : count.declaredCashSales.map { [Part(.entered(field: "declared_cash_sales"), $0)] } ?? []
        return [
            Term(
                name: "initial_cash", sign: 1, amount: session.initialCash,
                parts: [Part(.entered(field: "initial_cash"), session.initialCash)]),
            Term(name: "cash_sales", sign: 1, amount: figures.sales, parts: sales),
            Term(name: "cash_refunds", sign: -1, amount: recorded.cashRefunds, parts: parts(.cashRefund)),
            Term(
                name: "paid_in", sign: 1, amount: figures.paidIn,
                parts: parts(
                    .paidIn, and: Part(.entered(field: "credit_payments_collected"), count.creditPaymentsCollected))),
            Term(
                name: "paid_out", sign: -1, amount: figures.paidOut,
                parts: parts(.paidOut, and: Part(.entered(field: "expenses"), count.expenses))),
            Term(
                name: "drops", sign: -1, amount: figures.drops,
                parts: parts(.drop, and: Part(.entered(field: "envelope_amount"), count.envelopeAmount))),
        ]
    }
}
