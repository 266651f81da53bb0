import CashPilot
import Testing

@Suite("Totals")
struct TotalsTests {
    @Test("The worked example: 10 000 short")
    func workedExample() throws {
        let totals = try Totals(
            float: Money(minorUnits: 500_000),
            count: Count(
                finalCash: Money(minorUnits: 1_200_000), envelopeAmount: Money(minorUnits: 300_000),
                expenses: Money(minorUnits: 50_000), creditPaymentsCollected: Money(minorUnits: 100_000),
                declaredCashSales: Money(minorUnits: 960_000)))
        #expect(totals.cashSales?.minorUnits == 950_000)
        #expect(totals.totalSales?.minorUnits == 950_000)
        #expect(totals.netEarnings?.minorUnits == 900_000)
        #expect(totals.expectedCash?.minorUnits == 1_210_000)
        #expect(totals.overShort?.minorUnits == -10_000)
    }

    @Test("Over or short is what was sold by the count, less what was declared, for any figures")
    func identity() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            func amount() -> Money {
                Money(minorUnits: Int64.random(in: Money.accepted, using: &generator))
            }
            let declared = amount()
            let totals = try Totals(
                float: amount(),
                count: Count(
                    finalCash: amount(), cardTotal: amount(), bankTransferTotal: amount(), envelopeAmount: amount(),
                    expenses: amount(), creditSalesTotal: amount(), creditPaymentsCollected: amount(),
                    declaredCashSales: declared))
            #expect(try totals.overShort == totals.cashSales?.subtracting(declared))
        }
    }

    @Test("Nothing is told before the count, and no difference without a declared figure")
    func unknowns() throws {
        let uncounted = try Totals(float: .zero, count: Count(finalCash: nil, declaredCashSales: .zero))
        #expect(uncounted.cashSales == nil && uncounted.totalSales == nil && uncounted.netEarnings == nil)
        #expect(uncounted.expectedCash == nil && uncounted.overShort == nil)
        let undeclared = try Totals(float: .zero, count: Count(finalCash: .zero))
        #expect(undeclared.expectedCash == nil && undeclared.overShort == nil)
    }

    @Test("A sum beyond 64 bits is an error, not a trap")
    func overflow() {
        #expect(throws: MoneyError.overflow) {
            try Totals(
                float: .zero, count: Count(finalCash: Money(minorUnits: .max), envelopeAmount: Money(minorUnits: 1)))
        }
    }
}
