import FaultHarness
import Testing

@Suite("The checker of histories and books")
struct HistoryCheckerTests {
    private static let slot = Slot(cashier: "ana", business: "centro")

    /// A shift that went well: opened, looked at, opened again in vain, closed, closed again in vain, looked at.
    struct Shift {
        var operations = [
            operation("op-1", .open(1), 0, 1, .took("a")),
            operation("op-2", .current, 2, 3, .found("a")),
            operation("op-3", .open(3), 4, 5, .found("a")),
            operation("op-4", .close("a", 4), 6, 7, .took("a")),
            operation("op-5", .close("a", 5), 8, 9, .gone(counted: 4)),
            operation("op-6", .current, 10, 11, .empty),
        ]
        var books = Books(sessions: [
            Books.Session(
                id: "a", slot: HistoryCheckerTests.slot, isOpen: false, opening: "op-1", float: 1, closing: "op-4",
                counted: 4, closeEvents: 1)
        ])

        mutating func answer(_ place: Int, _ outcome: Operation.Outcome) {
            let before = operations[place]
            operations[place] = HistoryCheckerTests.operation(
                before.id, before.call, before.invoked, before.returned, outcome)
        }
    }

    private static func operation(
        _ id: String, _ call: Operation.Call, _ invoked: Int64, _ returned: Int64, _ outcome: Operation.Outcome
    ) -> Operation {
        Operation(id: id, slot: slot, call: call, invoked: invoked, returned: returned, outcome: outcome)
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
        Case("nothing", nil) { _ in },
        Case("an open of unknown outcome that took effect", nil) { $0.answer(0, .unknown) },
        Case("a close of unknown outcome that took effect", nil) { $0.answer(3, .unknown) },
        Case("an open that took effect nowhere and says so", nil) {
            $0.operations.append(operation("op-7", .open(7), 12, 13, .notApplied))
        },
        Case("an open of unknown outcome that took effect nowhere", nil) {
            $0.operations.append(operation("op-7", .open(7), 2, 13, .unknown))
        },
        Case("an acknowledged open is not there", "acknowledged open op-1 of a is lost") {
            $0.books.sessions[0].opening = nil
        },
        Case("an acknowledged close is not there", "acknowledged close op-4 of a is lost") {
            $0.books.sessions[0].closing = nil
        },
        Case("an open has other figures", "a is not what op-1 asked") { $0.books.sessions[0].float = 9 },
        Case("a close has other figures", "a is not closed as op-4 asked") { $0.books.sessions[0].counted = 9 },
        Case("an open took effect and says no", "open op-1 was refused and took effect") { $0.answer(0, .notApplied) },
        Case("a close took effect and says no", "close op-4 was refused and took effect") { $0.answer(3, .notApplied) },
        Case("one operation opened two sessions", "open op-1 took effect twice") { shift in
            var twin = shift.books.sessions[0]
            twin.id = "b"
            twin.closing = nil
            twin.closeEvents = 0
            shift.books.sessions.append(twin)
        },
        Case("one operation closed two sessions", "close op-4 took effect twice") { shift in
            var twin = shift.books.sessions[0]
            twin.id = "b"
            twin.opening = "x"
            shift.books.sessions.append(twin)
        },
        Case("an open is in another slot", "a is not what op-1 asked") {
            $0.books.sessions[0].slot = Slot(cashier: "bruno", business: "centro")
        },
        Case("a close took effect on another session", "b is not closed as op-4 asked") { shift in
            var other = shift.books.sessions[0]
            other.id = "b"
            other.opening = "x"
            shift.books.sessions.append(other)
            shift.books.sessions[0].closing = nil
        },
        Case("an open took effect and is a 409", "open op-1 was refused and took effect") { $0.answer(0, .found("a")) },
        Case("a close took effect and is a 409", "close op-4 was refused and took effect") {
            $0.answer(3, .gone(counted: 4))
        },
        Case("an audit event too many", "a has 2 audit events of its open") { $0.books.sessions[0].openEvents = 2 },
        Case("an audit event too few", "a has 0 audit events of its close") { $0.books.sessions[0].closeEvents = 0 },
        Case("an audit event of nothing", "1 audit events have no session") { $0.books.strayEvents = 1 },
        Case("a 409 names a session that is gone", "a was seen open, or its close") {
            $0.operations.append(operation("op-7", .open(7), 12, 13, .found("a")))
        },
        Case("a 409 has figures that nobody counted", "close op-5 was told that 9 was counted") {
            $0.answer(4, .gone(counted: 9))
        },
        Case("`current` has seen nothing under an open session", "the slot was found empty while a was open") {
            $0.answer(1, .empty)
        },
        Case("a session that nobody asked for", "nobody asked to open b") {
            $0.books.sessions.append(
                Books.Session(
                    id: "b", slot: slot, isOpen: true, opening: "x", float: 1))
        },
        Case("a close that nobody asked for", "nobody asked to close a") { $0.books.sessions[0].closing = "x" },
        Case("an open has an answer that should not be", "open op-1 was answered odd") { $0.answer(0, .odd("500")) },
        Case("a close has an answer that should not be", "close op-4 was answered odd") { $0.answer(3, .odd("500")) },
        Case("`current` has an answer that should not be", "current op-2 was answered odd") {
            $0.answer(1, .odd("500"))
        },
    ]

    @Test("It reports what must not be, and nothing else", arguments: cases)
    func reports(one: Case) {
        var shift = Shift()
        one.harm(&shift)
        let faults = HistoryChecker.faults(in: shift.operations, shift.books)
        guard let fault = one.fault else { return #expect(faults == []) }
        #expect(faults.contains { $0.hasPrefix(fault) }, "\(faults)")
    }

    @Test("Two sessions of one slot that stand open in the end are reported")
    func twoStanding() {
        let operations = (1...2).map {
            Self.operation("op-\($0)", .open(Int64($0)), Int64($0), 100, .took("s\($0)"))
        }
        let sessions = (1...2).map {
            Books.Session(
                id: "s\($0)", slot: Self.slot, isOpen: true, opening: "op-\($0)", float: Int64($0))
        }
        let faults = HistoryChecker.faults(in: operations, Books(sessions: sessions))
        #expect(faults.contains { $0.hasPrefix("two sessions stand open") })
        #expect(faults.contains { $0.contains("were open at once") })
    }
}
