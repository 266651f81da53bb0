import CashPilot
import Synchronization
import Testing

@Suite("OneOpenIndexWatch")
struct OneOpenIndexWatchTests {
    private final class Told: Sendable {
        let events = Mutex<[OneOpenIndexWatch.Event]>([])
    }

    private func watch() -> (OneOpenIndexWatch, Told) {
        let told = Told()
        return (
            OneOpenIndexWatch(check: { .enforced }, onEvent: { event in told.events.withLock { $0.append(event) } }),
            told
        )
    }

    @Test("A missing one-open index is reported at once, then every minute, and once when it is valid again")
    func told() {
        let (watch, told) = watch()
        let start = ContinuousClock.now
        let minute = OneOpenIndexWatch.reminder
        for (state, after) in [
            (OneOpenIndexState.enforced, Duration.zero), (.missing, .seconds(1)), (.missing, .seconds(2)),
            (.missing, minute), (.missing, minute + .seconds(1)), (.missing, minute + .seconds(2)),
            (.enforced, minute + .seconds(3)), (.enforced, minute + .seconds(4)),
        ] { watch.note(state, at: start + after) }
        #expect(told.events.withLock { $0 } == [.lost(.missing), .lost(.missing), .back])
    }

    @Test("A changed defect of the index is reported; the metric shows only whether the index is valid")
    func changes() {
        let (watch, told) = watch()
        #expect(watch.stands)
        watch.note(.missing, at: .now)
        #expect(!watch.stands)
        watch.note(.invalid, at: .now)
        #expect(!watch.stands)
        watch.note(.enforced, at: .now)
        #expect(watch.stands)
        #expect(told.events.withLock { $0 } == [.lost(.missing), .lost(.invalid), .back])
    }
}
