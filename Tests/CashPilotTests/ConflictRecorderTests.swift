import CashPilot
import Synchronization
import Testing

@Suite("Refused opens are gathered and counted")
struct ConflictRecorderTests {
    private let minute: Int64 = 1_764_000_000_000 / 60_000 * 60_000

    private func recorder(_ store: ScriptedStore) -> ConflictRecorder {
        ConflictRecorder(store: store, ids: Example.ids, log: { _ in }, onFailure: { _ in })
    }

    @Test("A till in a loop is one row with a count")
    func loop() async throws {
        let store = ScriptedStore(.init())
        let recorder = recorder(store)
        let existing = Example.existing()
        for offset in Int64(0)..<1_000 {
            recorder.record(Example.conflict(with: existing, at: minute + offset), of: Example.caller())
        }
        await recorder.flush()
        let row = try #require(store.recorded.first)
        #expect(store.recorded.count == 1)
        #expect(row.times == 1_000)
        #expect(row.first.milliseconds == minute)
        #expect(row.last.milliseconds == minute + 999)
    }

    @Test("Another session, caller or minute is another row")
    func keys() async {
        let store = ScriptedStore(.init())
        let recorder = recorder(store)
        let existing = Example.existing()
        recorder.record(Example.conflict(with: existing, at: minute), of: Example.caller())
        recorder.record(Example.conflict(with: existing, at: minute + 60_000), of: Example.caller())
        recorder.record(Example.conflict(with: existing, at: minute), of: Example.caller(Example.admin))
        recorder.record(Example.conflict(at: minute), of: Example.caller())
        await recorder.flush()
        #expect(store.recorded.count == 4)
    }

    @Test("What could not be written waits, and is written once the store is back")
    func storeDown() async throws {
        let store = ScriptedStore(.init(recordFaults: 1))
        let recorder = recorder(store)
        let existing = Example.existing()
        recorder.record(Example.conflict(with: existing, at: minute), of: Example.caller())
        await recorder.flush()
        #expect(store.recorded.isEmpty)
        recorder.record(Example.conflict(with: existing, at: minute + 1), of: Example.caller())
        await recorder.flush()
        #expect(store.recorded.map(\.times) == [2])
    }

    @Test("More different refusals than may wait are dropped and counted; memory has a bound")
    func full() async {
        let store = ScriptedStore(.init())
        let recorder = recorder(store)
        for _ in 0..<(ConflictRecorder.waitingMax + 25) {
            recorder.record(Example.conflict(at: minute), of: Example.caller())
        }
        #expect(recorder.dropped == 25)
        await recorder.flush()
        #expect(store.recorded.count == ConflictRecorder.waitingMax)
    }

    @Test("A shutdown writes what is left")
    func shutdown() async {
        let store = ScriptedStore(.init())
        let recorder = recorder(store)
        let running = Task { await recorder.run() }
        recorder.record(Example.conflict(at: minute), of: Example.caller())
        running.cancel()
        await running.value
        #expect(store.recorded.count == 1)
    }

    @Test("Every refusal is told at once, for the log")
    func toldAtOnce() {
        let told = Mutex(0)
        let recorder = ConflictRecorder(
            store: ScriptedStore(.init()), ids: Example.ids, log: { _ in told.withLock { $0 += 1 } },
            onFailure: { _ in })
        recorder.record(Example.conflict(at: minute), of: Example.caller())
        recorder.record(Example.conflict(at: minute), of: Example.caller())
        #expect(told.withLock { $0 } == 2)
    }

    @Test("Resumed conflicts are counted among the others, with the float that the last request offered")
    func resumed() async throws {
        let store = ScriptedStore(.init(recordFaults: 1))
        let recorder = recorder(store)
        let existing = Example.existing()
        func record(_ offset: Int64, _ offered: Int64?, isResumed: Bool) {
            recorder.record(
                Example.conflict(with: existing, at: minute + offset), of: Example.caller(),
                offering: offered.map(Money.init(minorUnits:)), isResumed: isResumed)
        }
        record(0, 10, isResumed: false)
        record(2, 30, isResumed: true)
        record(1, 20, isResumed: true)
        await recorder.flush()
        #expect(store.recorded.isEmpty, "the first batch fails and waits")
        record(3, nil, isResumed: false)
        await recorder.flush()
        let row = try #require(store.recorded.first)
        #expect(store.recorded.count == 1)
        #expect(row.times == 4 && row.resumed == 2)
        #expect(row.offered == Money(minorUnits: 30), "an offer that came later, and none without a float")
    }

    @Test("A conflict is logged with its float and whether it was resumed")
    func loggedAsResumed() {
        let told = Mutex<[String]>([])
        let recorder = ConflictRecorder(
            store: ScriptedStore(.init()), ids: Example.ids,
            log: { recorded in
                told.withLock { $0.append("\(recorded.offered?.minorUnits ?? -1) \(recorded.isResumed)") }
            }, onFailure: { _ in })
        recorder.record(
            Example.conflict(at: minute), of: Example.caller(), offering: Money(minorUnits: 10), isResumed: true)
        recorder.record(Example.conflict(at: minute), of: Example.caller())
        #expect(told.withLock { $0 } == ["10 true", "-1 false"])
    }
}
