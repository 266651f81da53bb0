import FaultHarness
import Testing

@Suite("The checker of one open-session key")
struct OpenSessionKeyCheckerTests {
    @Test("A history that really happened is accepted", arguments: 1...20 as ClosedRange<UInt64>)
    func actual(seed: UInt64) {
        var histories = OpenSessionKeyHistories(random: SeededGenerator(seed: seed))
        for _ in 0..<200 {
            let events = histories.actual(count: 40)
            #expect(OpenSessionKeyChecker.faults(in: events) == [], "\(events)")
        }
    }

    @Test(
        "The checker agrees with an exhaustive search, on real histories and on altered ones",
        arguments: 1...10 as ClosedRange<UInt64>)
    func agreesWithSearch(seed: UInt64) {
        var histories = OpenSessionKeyHistories(random: SeededGenerator(seed: seed))
        var (accepted, rejected) = (0, 0)
        for _ in 0..<500 {
            let actual = histories.actual(count: Int.random(in: 3...9, using: &histories.random))
            for events in [actual, histories.mutated(actual), histories.mutated(actual)] {
                let faults = OpenSessionKeyChecker.faults(in: events)
                let isPossible = ExhaustiveOpenSessionKeyChecker.accepts(events)
                #expect(faults.isEmpty == isPossible, "\(events): \(faults)")
                if isPossible { accepted += 1 } else { rejected += 1 }
            }
        }
        #expect(accepted > 500 && rejected > 200, "\(accepted) accepted, \(rejected) rejected")
    }

    @Test("The checker handles 100 000 events, for which a quadratic one would need hours")
    func manyEvents() {
        var histories = OpenSessionKeyHistories(random: SeededGenerator(seed: 7))
        #expect(OpenSessionKeyChecker.faults(in: histories.actual(count: 100_000)) == [])
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let events: [OpenSessionKeyEvent]
        let fault: String?
    }

    private static let never = OpenSessionKeyEvent.never

    private static let cases = [
        Case(
            testDescription: "two sessions open at once",
            events: [
                .init(.opened("a"), from: 0, to: 1), .init(.opened("b"), from: 2, to: 3),
                .init(.closed("a"), from: 4, to: 5),
            ], fault: "a and b were open at once"),
        Case(
            testDescription: "none found while a session is open, as from a cache",
            events: [.init(.opened("a"), from: 0, to: 1), .init(.noneOpen, from: 2, to: 3)],
            fault: "no open session was found while a was open"),
        Case(
            testDescription: "found open after the close, as from a cache",
            events: [
                .init(.opened("a"), from: 0, to: 1), .init(.closed("a"), from: 2, to: 3),
                .init(.isOpen("a"), from: 4, to: 5),
            ], fault: "a was found open, or its close was requested, after it had been closed"),
        Case(
            testDescription: "found open before the open",
            events: [
                .init(.isOpen("a"), from: 0, to: 1), .init(.opened("a"), from: 2, to: 3),
            ], fault: "a was reported as open or closed before its open was requested"),
        Case(
            testDescription: "an unknown open that was found, then an unknown close",
            events: [
                .init(.opened("a"), from: 0, to: never), .init(.isOpen("a"), from: 5, to: 6),
                .init(.closed("a"), from: 7, to: never), .init(.noneOpen, from: 8, to: 9),
                .init(.opened("b"), from: 10, to: 11),
            ], fault: nil),
        Case(
            testDescription: "an unknown open while another session is open",
            events: [
                .init(.opened("a"), from: 0, to: 1), .init(.opened("b"), from: 2, to: never),
            ], fault: "a and b were open at once"),
    ]

    @Test("The checker names each contradiction of a history", arguments: cases)
    func names(one: Case) {
        #expect(OpenSessionKeyChecker.faults(in: one.events) == [one.fault].compactMap { $0 })
        #expect(ExhaustiveOpenSessionKeyChecker.accepts(one.events) == (one.fault == nil))
    }
}
