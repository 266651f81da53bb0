import Synchronization
import Testing

@testable import CashPilot

@Suite("SessionCountWatch")
struct SessionCountWatchTests {
    @Test("What the database said last is told for a minute, and not longer")
    func memory() async {
        let isAway = Mutex(false)
        let watch = SessionCountWatch {
            guard isAway.withLock({ !$0 }) else { throw CancellationError() }
            return SessionCounts(open: 7, stale: 2)
        }
        let start = ContinuousClock.now
        #expect(watch.counts(at: start) == nil)
        await watch.look(at: start)
        isAway.withLock { $0 = true }
        await watch.look(at: start + .seconds(15))
        #expect(watch.counts(at: start + .seconds(59)) == SessionCounts(open: 7, stale: 2))
        #expect(watch.counts(at: start + .seconds(60)) == nil)
        isAway.withLock { $0 = false }
        await watch.look(at: start + .seconds(90))
        #expect(watch.counts(at: start + .seconds(90))?.open == 7)
    }
}
