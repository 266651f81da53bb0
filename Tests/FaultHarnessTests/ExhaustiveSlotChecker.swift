import FaultHarness

/// The meaning of ``SlotChecker``'s verdict, without its cleverness: tries every order that the times allow (Wing and
/// Gong). For a dozen events at most.
struct ExhaustiveSlotChecker {
    private let events: [SlotEvent]
    /// Sets of events done that led nowhere. What was done determines what holds.
    private var deadEnds: Set<Set<Int>> = []

    static func accepts(_ events: [SlotEvent]) -> Bool {
        var checker = ExhaustiveSlotChecker(events: events)
        return checker.canFinish(done: [], holder: nil, gone: [])
    }

    private init(events: [SlotEvent]) { self.events = events }

    private mutating func canFinish(done: Set<Int>, holder: String?, gone: Set<String>) -> Bool {
        guard done.count < events.count else { return true }
        guard !deadEnds.contains(done) else { return false }
        let open = events.indices.filter { !done.contains($0) }
        let firstEnd = open.map { events[$0].to }.min() ?? 0
        for index in open where events[index].from <= firstEnd {
            guard let (holder, gone) = Self.after(events[index].kind, holder, gone) else { continue }
            if canFinish(done: done.union([index]), holder: holder, gone: gone) { return true }
        }
        deadEnds.insert(done)
        return false
    }

    /// What holds after an event; `nil` if it cannot happen now.
    private static func after(
        _ kind: SlotEvent.Kind, _ holder: String?, _ gone: Set<String>
    ) -> (String?, Set<String>)? {
        switch kind {
        case .fill(let session): holder == nil && !gone.contains(session) ? (session, gone) : nil
        case .vacate(let session): holder == session ? (nil, gone.union([session])) : nil
        case .holds(let session): holder == session ? (holder, gone) : nil
        case .isEmpty: holder == nil ? (holder, gone) : nil
        case .isGone(let session): gone.contains(session) ? (holder, gone) : nil
        }
    }
}
