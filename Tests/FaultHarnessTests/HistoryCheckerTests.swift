import FaultHarness
import Testing

@Suite("The history checker")
struct HistoryCheckerTests {
    private static let key = OpenSessionKey(cashier: "ana", business: "centro")

    /// A consistent shift: open, current, rejected open, close, rejected close, current.
    struct Shift {
        var operations = [
            operation("op-1", .open(1), 0, 1, .succeeded("a")),
            operation("op-2", .current, 2, 3, .found("a")),
            operation("op-3", .open(3), 4, 5, .found("a")),
            operation("op-4", .close("a", 4), 6, 7, .succeeded("a")),
            operation("op-5", .close("a", 5), 8, 9, .alreadyClosed(counted: 4)),
            operation("op-6", .current, 10, 11, .noneOpen),
        ]
        var state = FinalState(sessions: [
            FinalState.Session(
                id: "a", key: HistoryCheckerTests.key, isOpen: false, opening: "op-1", float: 1, closing: "op-4",
                counted: 4, closeEvents: 1)
        ])

        mutating func setOutcome(_ place: Int, _ outcome: Operation.Outcome) {
            let before = operations[place]
            operations[place] = HistoryCheckerTests.operation(
                before.id, before.call, before.invoked, before.returned, outcome)
        }
    }

    private static func operation(
        _ id: String, _ call: Operation.Call, _ invoked: Int64, _ returned: Int64, _ outcome: Operation.Outcome
    ) -> Operation {
        Operation(id: id, sessionKey: key, call: call, invoked: invoked, returned: returned, outcome: outcome)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fault: String?
        let harm: @Sendable (inout Shift) -> Void

        init(_ description: String, _ fault: String?, _ harm: @escaping @Sendable (inout Shift) -> Void) {
            testDescription = description
            self.fault = fault
            self.harm = harm
        }
    }

    private static let cases = [
        Case("no change", nil) { _ in },
        Case("an open of unknown outcome that took effect", nil) { $0.setOutcome(0, .unknown) },
        Case("a close of unknown outcome that took effect", nil) { $0.setOutcome(3, .unknown) },
        Case("an open without effect and not_applied", nil) {
            $0.operations.append(operation("op-7", .open(7), 12, 13, .notApplied))
        },
        Case("an open of unknown outcome without effect", nil) {
            $0.operations.append(operation("op-7", .open(7), 2, 13, .unknown))
        },
        Case("a lost acknowledged open", "acknowledged open op-1 of a is lost") {
            $0.state.sessions[0].opening = nil
        },
        Case("a lost acknowledged close", "acknowledged close op-4 of a is lost") {
            $0.state.sessions[0].closing = nil
        },
        Case("an open with another float", "a differs from the request op-1") { $0.state.sessions[0].float = 9 },
        Case("a close with another count", "the close of a differs from the request op-4") {
            $0.state.sessions[0].counted = 9
        },
        Case("an open with effect and not_applied", "open op-1 was rejected and took effect") {
            $0.setOutcome(0, .notApplied)
        },
        Case("a close with effect and not_applied", "close op-4 was rejected and took effect") {
            $0.setOutcome(3, .notApplied)
        },
        Case("an operation that opened two sessions", "open op-1 took effect twice") { shift in
            var twin = shift.state.sessions[0]
            twin.id = "b"
            twin.closing = nil
            twin.closeEvents = 0
            shift.state.sessions.append(twin)
        },
        Case("an operation that closed two sessions", "close op-4 took effect twice") { shift in
            var twin = shift.state.sessions[0]
            twin.id = "b"
            twin.opening = "x"
            shift.state.sessions.append(twin)
        },
        Case("an open of another cashier", "a differs from the request op-1") {
            $0.state.sessions[0].key = OpenSessionKey(cashier: "bruno", business: "centro")
        },
        Case("a close of another session", "the close of b differs from the request op-4") { shift in
            var other = shift.state.sessions[0]
            other.id = "b"
            other.opening = "x"
            shift.state.sessions.append(other)
            shift.state.sessions[0].closing = nil
        },
        Case("an open with effect and 409", "open op-1 was rejected and took effect") { $0.setOutcome(0, .found("a")) },
        Case("a close with effect and 409", "close op-4 was rejected and took effect") {
            $0.setOutcome(3, .alreadyClosed(counted: 4))
        },
        Case("one audit event too many", "a has 2 audit events of its open") { $0.state.sessions[0].openEvents = 2 },
        Case("a missing audit event", "a has 0 audit events of its close") { $0.state.sessions[0].closeEvents = 0 },
        Case("an audit event without a session", "1 audit events have no session") { $0.state.strayEvents = 1 },
        Case("a 409 with a closed session", "a was found open, or its close") {
            $0.operations.append(operation("op-7", .open(7), 12, 13, .found("a")))
        },
        Case("a 409 with a wrong count", "the response to close op-5 has the wrong count 9") {
            $0.setOutcome(4, .alreadyClosed(counted: 9))
        },
        Case("`current` without the open session", "no open session was found while a was open") {
            $0.setOutcome(1, .noneOpen)
        },
        Case("an unrequested session", "no client opened b") {
            $0.state.sessions.append(
                FinalState.Session(
                    id: "b", key: key, isOpen: true, opening: "x", float: 1))
        },
        Case("an unrequested close", "no client closed a") { $0.state.sessions[0].closing = "x" },
        Case("an open with an unexpected response", "the response to open op-1 is unexpected") {
            $0.setOutcome(0, .unexpected("500"))
        },
        Case("a close with an unexpected response", "the response to close op-4 is unexpected") {
            $0.setOutcome(3, .unexpected("500"))
        },
        Case("`current` with an unexpected response", "the response to current op-2 is unexpected") {
            $0.setOutcome(1, .unexpected("500"))
        },
    ]

    @Test("The history checker reports each inconsistency, and nothing in a consistent history", arguments: cases)
    func reports(one: Case) {
        var shift = Shift()
        one.harm(&shift)
        let faults = HistoryChecker.faults(in: shift.operations, shift.state)
        guard let fault = one.fault else { return #expect(faults == []) }
        #expect(faults.contains { $0.hasPrefix(fault) }, "\(faults)")
    }

    @Test("The history checker reports two sessions of one open-session key that are open at the end")
    func twoOpenSessions() {
        let operations = (1...2).map {
            Self.operation("op-\($0)", .open(Int64($0)), Int64($0), 100, .succeeded("s\($0)"))
        }
        let sessions = (1...2).map {
            FinalState.Session(
                id: "s\($0)", key: Self.key, isOpen: true, opening: "op-\($0)", float: Int64($0))
        }
        let faults = HistoryChecker.faults(in: operations, FinalState(sessions: sessions))
        #expect(faults.contains { $0.hasPrefix("two sessions of a key are open") })
        #expect(faults.contains { $0.contains("were open at once") })
    }
}
