import FaultHarness

/// Random small histories of one open-session key.
struct OpenSessionKeyHistories {
    var random: SeededGenerator

    /// A real history: each event happens at an instant within its two times.
    mutating func actual(count: Int) -> [OpenSessionKeyEvent] {
        var (open, closed, made): (String?, [String], Int) = (nil, [], 0)
        return (0..<count).map { step in
            let kind: OpenSessionKeyEvent.Kind
            switch (Int.random(in: 0..<6, using: &random), open) {
            case (0..<3, nil):
                made += 1
                open = "s\(made)"
                kind = .opened("s\(made)")
            case (0..<2, let session?):
                open = nil
                closed.append(session)
                kind = .closed(session)
            case (5, _) where !closed.isEmpty:
                kind = .isClosed(closed[Int.random(in: closed.indices, using: &random)])
            case (_, let session?): kind = .isOpen(session)
            case (_, nil): kind = .noneOpen
            }
            let instant = Int64(step * 4)
            return event(kind, at: instant)
        }
    }

    private mutating func event(_ kind: OpenSessionKeyEvent.Kind, at instant: Int64) -> OpenSessionKeyEvent {
        let from = instant - Int64.random(in: 0...9, using: &random)
        var to = instant + Int64.random(in: 0...9, using: &random)
        // A lost response.
        if Int.random(in: 0..<8, using: &random) == 0, kind.isChange { to = OpenSessionKeyEvent.never }
        return OpenSessionKeyEvent(kind, from: from, to: to)
    }

    /// An altered history: another session, another time, one event less or one event twice.
    mutating func mutated(_ events: [OpenSessionKeyEvent]) -> [OpenSessionKeyEvent] {
        var events = events
        for _ in 0..<Int.random(in: 1...2, using: &random) where !events.isEmpty {
            let place = Int.random(in: events.indices, using: &random)
            let event = events[place]
            let session = "s\(Int.random(in: 1...3, using: &random))"
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let shift = Int64.random(in: -16...16, using: &random)
                let to = event.to == OpenSessionKeyEvent.never ? event.to : event.to + shift
                events[place] = OpenSessionKeyEvent(event.kind, from: event.from + shift, to: to)
            case 1: events[place] = OpenSessionKeyEvent(event.kind, from: event.from, to: event.from)
            case 2: events.remove(at: place)
            case 3: events[place] = OpenSessionKeyEvent(.isOpen(session), from: event.from, to: event.from + 3)
            case 4: events[place] = OpenSessionKeyEvent(.noneOpen, from: event.from, to: event.from + 3)
            default: events[place] = OpenSessionKeyEvent(.isClosed(session), from: event.from, to: event.from + 3)
            }
        }
        return events
    }
}

extension OpenSessionKeyEvent.Kind {
    fileprivate var isChange: Bool {
        switch self {
        case .opened, .closed: true
        case .isOpen, .noneOpen, .isClosed: false
        }
    }
}
