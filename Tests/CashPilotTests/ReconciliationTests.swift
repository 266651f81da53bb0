import CashPilot
import Testing

@Suite("The reconciliation of a drawer")
struct ReconciliationTests {
    private static let kinds: [MovementKind] =
        [.cashSale, .cashRefund, .drop, .noSale] + MovementKind.PaidIn.allCases.map { .paidIn($0) }
        + MovementKind.PaidOut.allCases.map { .paidOut($0) }

    /// A movement of a history: its kind and amount, and whether it is reversed.
    private struct Entry {
        let kind: MovementKind
        let amount: Int64
        let isReversed: Bool

        var effect: Int64 {
            guard !isReversed else { return 0 }
            return switch kind {
            case .cashSale, .paidIn: amount
            case .cashRefund, .paidOut, .drop: -amount
            case .noSale: 0
            }
        }
    }

    private func money(_ units: Int64) -> Money { Money(minorUnits: units) }

    private func session(float: Int64, _ count: Count, recorded: Recorded? = nil) -> Session {
        let zero = Instant(milliseconds: 0)
        return Session(
            id: Example.ids.make(), number: 1, business: Example.business, cashier: Example.ana, openedBy: Example.ana,
            status: count.finalCash == nil ? .open : .closed, currency: "PYG", initialCash: money(float),
            openedAt: zero, endedAt: nil, closedAt: count.finalCash.map { _ in zero },
            closedBy: count.finalCash.map { _ in Example.ana }, businessDate: CivilDate(daysSince1970: 0),
            timeZone: "America/Asuncion", openedLocal: LocalTime(milliseconds: 0), terminal: nil, notes: nil,
            count: count, flag: nil, deletion: nil, recorded: recorded, version: 1)
    }

    private func sums(_ history: [Entry]) -> [MovementSum] {
        Dictionary(grouping: history, by: \.kind).map { kind, entries in
            MovementSum(
                kind: kind, amount: money(entries.reduce(0) { $0 + ($1.isReversed ? 0 : $1.amount) }),
                standing: Int64(entries.count { !$0.isReversed }), reversals: Int64(entries.count(where: \.isReversed)))
        }
    }

    private func reconcile(_ session: Session, _ sums: [MovementSum]) throws -> Reconciliation {
        try Reconciliation(of: session, sums: sums, hash: nil, at: Instant(milliseconds: 0))
    }

    @Test("The worked example: ten movements, 1 210 000 expected, and 10 000 short")
    func workedExample() throws {
        let history = [
            Entry(kind: .cashSale, amount: 85_000, isReversed: false),
            Entry(kind: .cashSale, amount: 915_000, isReversed: false),
            Entry(kind: .cashRefund, amount: 40_000, isReversed: false),
            Entry(kind: .paidIn(.creditPayment), amount: 100_000, isReversed: false),
            Entry(kind: .paidOut(.expense), amount: 35_000, isReversed: false),
            Entry(kind: .paidOut(.expense), amount: 150_000, isReversed: true),
            Entry(kind: .paidOut(.expense), amount: 15_000, isReversed: false),
            Entry(kind: .noSale, amount: 0, isReversed: false), Entry(kind: .drop, amount: 300_000, isReversed: false),
        ]
        let recorded = try Recorded(sums(history))
        #expect(recorded.movements == 10 && recorded.expenses == money(50_000))
        let count = Count(finalCash: money(1_200_000), cardTotal: money(70_000))
        let totals = try session(float: 500_000, count, recorded: recorded).totals
        #expect(totals.cashSales == money(950_000) && totals.totalSales == money(1_020_000))
        #expect(totals.netEarnings == money(970_000) && totals.expectedCash == money(1_210_000))
        #expect(totals.overShort == money(-10_000))
        let found = try reconcile(session(float: 500_000, count, recorded: recorded), sums(history))
        #expect(found.expectedCash == money(1_210_000) && found.overShort == money(-10_000))
        #expect(found.reversals == 1 && found.noSales == 1)
        let expenses = found.terms[4].parts[0]
        #expect(expenses == .init(.recorded(category: "EXPENSE", movements: 2), money(50_000)))
    }

    @Test("In any history the terms add up to the expected cash, and each term is the sum of its parts")
    func identities() throws {
        var generator = SystemRandomNumberGenerator()
        func amount() -> Int64 { Int64.random(in: 0...1_000_000, using: &generator) }
        for round in 0..<2_000 {
            let history = (0..<Int.random(in: 0...30, using: &generator)).map { _ in
                let kind = Self.kinds.randomElement(using: &generator) ?? .drop
                return Entry(
                    kind: kind, amount: kind == .noSale ? 0 : amount() + 1,
                    isReversed: kind != .noSale && Bool.random(using: &generator))
            }
            let count = Count(
                finalCash: money(amount()), envelopeAmount: money(amount()), expenses: money(amount()),
                creditPaymentsCollected: money(amount()), declaredCashSales: round % 2 == 0 ? money(amount()) : nil)
            let float = amount()
            let sums = sums(history).shuffled(using: &generator)
            let recorded = try Recorded(sums)
            let found = try reconcile(session(float: float, count, recorded: recorded), sums)
            let totals = try session(float: float, count, recorded: recorded).totals
            #expect(found.expectedCash == totals.expectedCash && found.overShort == totals.overShort)
            #expect(recorded.movements == Int64(history.count + history.count(where: \.isReversed)))
            for term in found.terms where term.amount != nil {
                #expect(term.parts.reduce(0) { $0 + $1.amount.minorUnits } == term.amount?.minorUnits)
            }
            guard let expected = found.expectedCash?.minorUnits else {
                #expect(!recorded.hasSales && count.declaredCashSales == nil)
                continue
            }
            #expect(found.terms.reduce(0) { $0 + $1.sign * ($1.amount?.minorUnits ?? 0) } == expected)
            if recorded.hasSales {
                let entered =
                    count.creditPaymentsCollected.minorUnits - count.expenses.minorUnits
                    - count.envelopeAmount.minorUnits
                #expect(expected == float + entered + history.reduce(0) { $0 + $1.effect })
            }
            let sales = try #require(found.terms[1].amount?.minorUnits)
            #expect(
                totals.overShort?.minorUnits
                    == (totals.cashSales?.minorUnits ?? 0) - (sales - recorded.cashRefunds.minorUnits))
        }
    }

    @Test(
        "Recorded sales count instead of declared ones, also if all were reversed, and a difference needs a review")
    func declared() throws {
        let count = Count(finalCash: money(1_360_000), declaredCashSales: money(860_000))
        let sums = [MovementSum(kind: .cashSale, amount: money(960_000), standing: 3)]
        let session = session(float: 500_000, count, recorded: try Recorded(sums))
        #expect(try session.totals.overShort == money(-100_000))
        #expect(try reconcile(session, sums).declaredGap == money(-100_000))
        #expect(session.reviewReasons == [.declaredDiffers])
        let none = [MovementSum(kind: .cashSale, amount: .zero, standing: 0, reversals: 1)]
        #expect(try Recorded(none).hasSales)
    }

    @Test(
        "A cashier who counts blind gets no reconciliation before the count, and changes no figure after it"
    )
    func blind() {
        let facts = Session.Facts(isInEditWindow: true, isBlind: true)
        let (open, closed) = (Example.session(.open, facts: facts), Example.session(.closed, facts: facts))
        func decision(
            _ action: SessionAction, _ session: Session, _ role: Role, _ edit: SessionEdit? = nil
        ) -> SessionPolicy.Decision {
            SessionPolicy.decide(action, on: session, by: session.cashier, role: role, edit: edit)
        }
        #expect(decision(.reconcile, open, .cashier) == .countFirst)
        #expect(decision(.reconcile, open, .admin) == .allowed && decision(.reconcile, closed, .cashier) == .allowed)
        var figures: [SessionEdit] = []
        for change: (inout SessionEdit) -> Void in [
            { $0.initialCash = .zero }, { $0.count.finalCash = .zero }, { $0.count.envelopeAmount = .zero },
            { $0.count.expenses = .zero }, { $0.count.creditPaymentsCollected = .zero },
            { $0.count.declaredCashSales = .with(nil) },
        ] {
            var edit = SessionEdit()
            change(&edit)
            figures.append(edit)
        }
        for edit in figures {
            #expect(decision(.edit, closed, .cashier, edit) == .countIsFinal)
            #expect(decision(.edit, closed, .admin, edit) == .allowed)
        }
        var other = SessionEdit()
        other.count.cardTotal = .zero
        other.notes = .with("n")
        #expect(decision(.edit, closed, .cashier, other) == .allowed)
    }
}
