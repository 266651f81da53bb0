/// Judges what clients were told, and when, against each other and against what the database has in the end.
///
/// Unknown outcomes are resolved by operation id: a write that took effect has left its id in the books, and its
/// effect lies somewhere between its beginning and the first evidence of it.
package struct HistoryChecker {
    private let operations: [Operation]
    private let books: Books
    private var faults: [String] = []
    private var events: [Slot: [SlotEvent]] = [:]
    /// By the operation that opened, and that closed.
    private var opened: [String: Books.Session] = [:]
    private var closed: [String: Books.Session] = [:]
    private var counts: [String: Int64] = [:]

    private init(_ operations: [Operation], _ books: Books) {
        self.operations = operations
        self.books = books
    }

    /// - Returns: what must not be, in words; empty if nothing was lost and nothing was told wrongly.
    package static func faults(in operations: [Operation], _ books: Books) -> [String] {
        var checker = HistoryChecker(operations, books)
        checker.readBooks()
        for operation in operations { checker.judge(operation) }
        checker.findUnasked()
        for (slot, events) in checker.events {
            checker.faults += SlotChecker.faults(in: events).map { "\($0), cashier \(slot.cashier)" }
        }
        return checker.faults
    }

    private mutating func readBooks() {
        var standing: Set<Slot> = []
        for session in books.sessions {
            if let operation = session.opening {
                note(opened.updateValue(session, forKey: operation) == nil, "open \(operation) took effect twice")
            }
            if let operation = session.closing {
                note(closed.updateValue(session, forKey: operation) == nil, "close \(operation) took effect twice")
            }
            if session.isOpen { note(standing.insert(session.slot).inserted, "two sessions stand open: \(session.id)") }
            counts[session.id] = session.counted
            note(session.openEvents == 1, "\(session.id) has \(session.openEvents) audit events of its open")
            let closes = session.closing == nil ? 0 : 1
            note(session.closeEvents == closes, "\(session.id) has \(session.closeEvents) audit events of its close")
        }
        note(books.strayEvents == 0, "\(books.strayEvents) audit events have no session")
    }

    private mutating func judge(_ operation: Operation) {
        switch operation.call {
        case .open(let float): judgeOpen(operation, float)
        case .close(let session, let counted): judgeClose(operation, session, counted)
        case .current: judgeCurrent(operation)
        }
    }

    private mutating func judgeOpen(_ operation: Operation, _ float: Int64) {
        let effect = opened[operation.id]
        if let effect {
            note(
                effect.float == float && effect.slot == operation.slot, "\(effect.id) is not what \(operation.id) asked"
            )
        }
        switch (operation.outcome, effect) {
        case (.took(let session), let effect):
            note(effect?.id == session, "acknowledged open \(operation.id) of \(session) is lost")
            add(.fill(session), operation)
        case (.unknown, let effect?): add(.fill(effect.id), operation, to: SlotEvent.never)
        case (.unknown, nil), (.notApplied, nil): break
        case (.found(let session), nil): add(.holds(session), operation)
        case (.found, _?), (.notApplied, _?): note(false, "open \(operation.id) was refused and took effect")
        case (let outcome, _): note(false, "open \(operation.id) was answered \(outcome)")
        }
    }

    private mutating func judgeClose(_ operation: Operation, _ session: String, _ counted: Int64) {
        let effect = closed[operation.id]
        if let effect {
            note(
                effect.counted == counted && effect.id == session, "\(effect.id) is not closed as \(operation.id) asked"
            )
        }
        switch (operation.outcome, effect) {
        case (.took(let closed), let effect):
            note(effect != nil && closed == session, "acknowledged close \(operation.id) of \(session) is lost")
            add(.vacate(session), operation)
        case (.unknown, _?): add(.vacate(session), operation, to: SlotEvent.never)
        case (.unknown, nil), (.notApplied, nil): break
        case (.gone(let told), nil):
            note(counts[session] == told, "close \(operation.id) was told that \(told ?? -1) was counted")
            add(.isGone(session), operation)
        case (.gone, _?), (.notApplied, _?): note(false, "close \(operation.id) was refused and took effect")
        case (let outcome, _): note(false, "close \(operation.id) was answered \(outcome)")
        }
    }

    private mutating func judgeCurrent(_ operation: Operation) {
        switch operation.outcome {
        case .found(let session): add(.holds(session), operation)
        case .empty: add(.isEmpty, operation)
        case .unknown, .notApplied: break
        default: note(false, "current \(operation.id) was answered \(operation.outcome)")
        }
    }

    /// Everything in the books must have been asked for by somebody.
    private mutating func findUnasked() {
        let asked = Set(operations.map(\.id))
        for session in books.sessions {
            note(session.opening.map(asked.contains) ?? false, "nobody asked to open \(session.id)")
            note(session.closing.map(asked.contains) ?? session.isOpen, "nobody asked to close \(session.id)")
        }
    }

    private mutating func add(_ kind: SlotEvent.Kind, _ operation: Operation, to end: Int64? = nil) {
        events[operation.slot, default: []].append(
            SlotEvent(kind, from: operation.invoked, to: end ?? operation.returned))
    }

    private mutating func note(_ isSo: Bool, _ fault: String) {
        if !isSo { faults.append(fault) }
    }
}
