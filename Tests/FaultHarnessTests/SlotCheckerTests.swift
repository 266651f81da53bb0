import FaultHarness
import Testing

@Suite("The checker of one slot")
struct SlotCheckerTests {
    @Test("A history that happened is accepted", arguments: 1...20 as ClosedRange<UInt64>)
    func actual(seed: UInt64) {
        var histories = SlotHistories(random: SeededGenerator(seed: seed))
        for _ in 0..<200 {
            let events = histories.actual(count: 40)
            #expect(SlotChecker.faults(in: events) == [], "\(events)")
        }
    }

    @Test(
        "Its verdict is that of an exhaustive search, on histories that happened and on such as did not",
        arguments: 1...10 as ClosedRange<UInt64>)
    func sameAsSearch(seed: UInt64) {
        var histories = SlotHistories(random: SeededGenerator(seed: seed))
        var (accepted, refused) = (0, 0)
        for _ in 0..<500 {
            let actual = histories.actual(count: Int.random(in: 3...9, using: &histories.random))
            for events in [actual, histories.mutated(actual), histories.mutated(actual)] {
                let faults = SlotChecker.faults(in: events)
                let isPossible = ExhaustiveSlotChecker.accepts(events)
                #expect(faults.isEmpty == isPossible, "\(events): \(faults)")
                if isPossible { accepted += 1 } else { refused += 1 }
            }
        }
        #expect(accepted > 500 && refused > 200, "\(accepted) accepted, \(refused) refused")
    }

    @Test("A hundred thousand events are checked; a quadratic checker would take hours")
    func manyEvents() {
        var histories = SlotHistories(random: SeededGenerator(seed: 7))
        #expect(SlotChecker.faults(in: histories.actual(count: 100_000)) == [])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let events: [SlotEvent]
        let fault: String?
    }

    private static let cases = [
        Case(
            testDescription: "two that were open at once",
            events: [
                SlotEvent(.fill("a"), from: 0, to: 1), SlotEvent(.fill("b"), from: 2, to: 3),
                SlotEvent(.vacate("a"), from: 4, to: 5),
            ], fault: "a and b were open at once"),
        Case(
            testDescription: "found empty under an open session: a cached answer",
            events: [SlotEvent(.fill("a"), from: 0, to: 1), SlotEvent(.isEmpty, from: 2, to: 3)],
            fault: "the slot was found empty while a was open"),
        Case(
            testDescription: "found open after its close: a cached answer",
            events: [
                SlotEvent(.fill("a"), from: 0, to: 1), SlotEvent(.vacate("a"), from: 2, to: 3),
                SlotEvent(.holds("a"), from: 4, to: 5),
            ], fault: "a was seen open, or its close was asked for, after it had been closed"),
        Case(
            testDescription: "a 409 that names a session of another time",
            events: [
                SlotEvent(.holds("a"), from: 0, to: 1), SlotEvent(.fill("a"), from: 2, to: 3),
            ], fault: "a was seen, or told to be closed, before its open was asked for"),
        Case(
            testDescription: "an unknown open that was seen, then an unknown close",
            events: [
                SlotEvent(.fill("a"), from: 0, to: SlotEvent.never), SlotEvent(.holds("a"), from: 5, to: 6),
                SlotEvent(.vacate("a"), from: 7, to: SlotEvent.never), SlotEvent(.isEmpty, from: 8, to: 9),
                SlotEvent(.fill("b"), from: 10, to: 11),
            ], fault: nil),
        Case(
            testDescription: "an unknown open between two closes of nobody else",
            events: [
                SlotEvent(.fill("a"), from: 0, to: 1), SlotEvent(.fill("b"), from: 2, to: SlotEvent.never),
            ], fault: "a and b were open at once"),
    ]

    @Test("It names what cannot be", arguments: cases)
    func names(one: Case) {
        #expect(SlotChecker.faults(in: one.events) == [one.fault].compactMap { $0 })
        #expect(ExhaustiveSlotChecker.accepts(one.events) == (one.fault == nil))
    }
}
