import Testing

@testable import CashPilot

@Suite("Corrections of a count")
struct CorrectionTests {
    private static let now = Instant(milliseconds: 5)
    private static let first = AtClose(finalCash: money(100), expectedCash: money(120))

    private static func money(_ units: Int64) -> Money { Money(minorUnits: units) }

    /// A session that is closed with 100, and with 120 expected.
    private static func closed() -> Session {
        var session = Example.session(.open)
        var count = CountEntry(finalCash: money(100))
        count.declaredCashSales = .with(money(120))
        session.close(with: count, notes: nil, by: Example.ana, at: now)
        return session
    }

    private func edited(_ session: Session, _ change: (inout SessionEdit) -> Void) throws -> Session {
        var (session, edit) = (session, SessionEdit())
        change(&edit)
        try session.apply(edit, at: Self.now)
        return session
    }

    @Test("The first count is no correction, and its figures are those at the close")
    func firstCount() throws {
        #expect(Example.session(.open).atClose == nil && Example.session(.open).reviewReasons == nil)
        #expect(Example.session(.ended).reviewReasons == nil)
        let closed = Self.closed()
        #expect(closed.atClose == Self.first && closed.corrections == Corrections())
        #expect(try closed.atClose?.overShort == Self.money(-20))
        #expect(closed.reviewReasons == [])
    }

    private static let figures: [@Sendable (inout SessionEdit) -> Void] = [
        { $0.initialCash = money(1) }, { $0.count.finalCash = money(1) }, { $0.count.envelopeAmount = money(1) },
        { $0.count.expenses = money(1) }, { $0.count.creditPaymentsCollected = money(1) },
        { $0.count.declaredCashSales = .with(nil) },
    ]

    @Test("An edit of any figure of the expected cash after the count is a correction", arguments: figures)
    func figure(change: @Sendable (inout SessionEdit) -> Void) throws {
        let corrected = try edited(Self.closed(), change)
        #expect(corrected.corrections == Corrections(times: 1, atClose: Self.first))
        #expect(corrected.reviewReasons == [.corrected])
        let again = try edited(corrected) { $0.count.finalCash = Self.money(7) }
        #expect(again.corrections == Corrections(times: 2, atClose: Self.first))
        #expect(try edited(again) { $0.count.finalCash = Self.money(7) } == again, "nothing changed")
    }

    @Test("An edit of another value, or before the count, is no correction")
    func others() throws {
        let noted = try edited(Self.closed()) {
            $0.notes = .with("x")
            $0.count.cardTotal = Self.money(5)
            $0.count.closingTicket = .with("Z-1")
        }
        #expect(noted.corrections == Corrections())
        #expect(try edited(Example.session(.open)) { $0.initialCash = Self.money(5) }.corrections == Corrections())
        #expect(try edited(Example.session(.ended)) { $0.count.expenses = Self.money(5) }.atClose == nil)
    }

    @Test("A second close after a reopen is a correction, and the figures of the first count stay")
    func secondClose() throws {
        var session = Self.closed()
        session.reopen()
        #expect(session.atClose == Self.first && session.corrections.times == 0)
        #expect(session.reviewReasons == nil, "it is not closed")
        session = try edited(session) { $0.initialCash = Self.money(3) }
        #expect(session.corrections.times == 0, "the close is the correction")
        session.close(with: CountEntry(finalCash: Self.money(90)), notes: nil, by: Example.ana, at: Self.now)
        #expect(session.corrections == Corrections(times: 1, atClose: Self.first))
        session.reopen()
        session.close(with: CountEntry(), notes: nil, by: Example.admin, at: Self.now)
        #expect(session.corrections == Corrections(times: 2, atClose: Self.first))
        #expect(session.reviewReasons == [.notCounted, .corrected])
        let counted = try edited(session) { $0.count.finalCash = Self.money(4) }
        #expect(counted.corrections.times == 3, "the count was there before")
    }

    @Test("A count that is added after a forced close is the first one")
    func lateCount() throws {
        var session = Example.session(.open)
        session.close(with: CountEntry(), notes: nil, by: Example.admin, at: Self.now)
        #expect(session.atClose == nil && session.reviewReasons == [.notCounted])
        session = try edited(session) { $0.count.expenses = Self.money(2) }
        #expect(session.corrections.times == 0, "nothing was counted yet")
        session = try edited(session) { $0.count.finalCash = Self.money(5) }
        #expect(session.corrections.times == 0 && session.reviewReasons == [])
        #expect(session.atClose == AtClose(finalCash: Self.money(5), expectedCash: nil))
        session.reopen()
        session.close(with: CountEntry(finalCash: Self.money(5)), notes: nil, by: Example.ana, at: Self.now)
        #expect(session.corrections.times == 1, "another count is a correction even if it is equal")
    }

    @Test("A reopen of a session that nobody counted keeps no figures")
    func uncounted() {
        var session = Example.session(.ended)
        session.reopen()
        session.close(with: CountEntry(finalCash: Self.money(5)), notes: nil, by: Example.ana, at: Self.now)
        #expect(session.corrections == Corrections())
    }
}
