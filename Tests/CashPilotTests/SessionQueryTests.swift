import CashPilot
import Testing

@Suite("What a list's filters mean for the order it is read in")
struct SessionQueryTests {
    private let day = CivilDate(daysSince1970: 20_000)
    private func midnight(_ days: Int64) -> Instant { Instant(milliseconds: (20_000 + days) * 86_400_000) }

    @Test("Business dates bound the moments of opening, and never loosen a bound that is there")
    func dates() {
        var query = SessionQuery()
        query.businessDateFrom = day
        query.businessDateTo = day
        #expect(query.bounded.openedFrom == midnight(-1))
        #expect(query.bounded.openedBefore == midnight(3))
        query.openedFrom = midnight(0)
        query.openedBefore = midnight(1)
        #expect(query.bounded == query)
        query.openedFrom = midnight(-9)
        query.openedBefore = midnight(9)
        #expect(query.bounded.openedFrom == midnight(-1))
        #expect(query.bounded.openedBefore == midnight(3))
    }

    @Test("Stale sessions are looked for among the open ones, others anywhere")
    func stale() {
        var query = SessionQuery()
        #expect(query.bounded == query)
        query.isStale = true
        #expect(query.bounded.status == .open)
        query.status = .closed
        #expect(query.bounded == query)
        query.status = nil
        query.isStale = false
        #expect(query.bounded == query)
    }

    @Test("Only closed sessions need a review or none, so with another filter the list is empty")
    func needsReview() {
        for needsReview in [true, false] {
            var query = SessionQuery()
            query.needsReview = needsReview
            #expect(query.bounded == query)
            query.status = .closed
            #expect(query.bounded == query)
            query.status = .ended
            #expect(query.bounded.openedBefore == Instant(milliseconds: 0))
            query.status = nil
            query.isUncounted = true
            #expect(query.bounded.openedBefore == Instant(milliseconds: 0))
        }
    }
}
