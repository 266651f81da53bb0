import FaultHarness

/// The definition of ``OpenSessionKeyChecker``'s verdict: it tries every order that the times allow (Wing and Gong).
///
/// It is fast enough for up to a dozen events.
struct ExhaustiveOpenSessionKeyChecker {
    private let events: [OpenSessionKeyEvent]
    /// Sets of placed events that cannot be completed. The set determines the state.
    private var deadEnds: Set<Set<Int>> = []

    static func accepts(_ events: [OpenSessionKeyEvent]) -> Bool {
        var checker = ExhaustiveOpenSessionKeyChecker(events: events)
        return checker.canFinish(done: [], open: nil, closed: [])
    }

    private init(events: [OpenSessionKeyEvent]) { self.events = events }

    private mutating func canFinish(done: Set<Int>, open: String?, closed: Set<String>) -> Bool {
        guard done.count < events.count else { return true }
        guard !deadEnds.contains(done) else { return false }
        let remaining = events.indices.filter { !done.contains($0) }
        let firstEnd = remaining.map { events[$0].to }.min() ?? 0
        for index in remaining where events[index].from <= firstEnd {
            guard let (open, closed) = Self.after(events[index].kind, open, closed) else { continue }
            if canFinish(done: done.union([index]), open: open, closed: closed) { return true }
        }
        deadEnds.insert(done)
        return false
    }

    /// The state after an event; `nil` if the event is impossible.
    private static func after(
        _ kind: OpenSessionKeyEvent.Kind, _ open: String?, _ closed: Set<String>
    ) -> (String?, Set<String>)? {
        switch kind {
        case .opened(let session): open == nil && !closed.contains(session) ? (session, closed) : nil
        case .closed(let session): open == session ? (nil, closed.union([session])) : nil
        case .isOpen(let session): open == session ? (open, closed) : nil
        case .noneOpen: open == nil ? (open, closed) : nil
        case .isClosed(let session): closed.contains(session) ? (open, closed) : nil
        }
    }
}
