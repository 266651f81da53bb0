import FaultHarness

/// Small histories of one slot by chance.
struct SlotHistories {
    var random: SeededGenerator

    /// One that happened: each event at an instant, seen from a little before to a little after.
    mutating func actual(count: Int) -> [SlotEvent] {
        var (holder, gone, made): (String?, [String], Int) = (nil, [], 0)
        return (0..<count).map { step in
            let kind: SlotEvent.Kind
            switch (Int.random(in: 0..<6, using: &random), holder) {
            case (0..<3, nil):
                made += 1
                holder = "s\(made)"
                kind = .fill("s\(made)")
            case (0..<2, let session?):
                holder = nil
                gone.append(session)
                kind = .vacate(session)
            case (5, _) where !gone.isEmpty: kind = .isGone(gone[Int.random(in: gone.indices, using: &random)])
            case (_, let session?): kind = .holds(session)
            case (_, nil): kind = .isEmpty
            }
            let instant = Int64(step * 4)
            return event(kind, at: instant)
        }
    }

    private mutating func event(_ kind: SlotEvent.Kind, at instant: Int64) -> SlotEvent {
        let from = instant - Int64.random(in: 0...9, using: &random)
        var to = instant + Int64.random(in: 0...9, using: &random)
        // An answer that nobody got.
        if Int.random(in: 0..<8, using: &random) == 0, kind.isChange { to = SlotEvent.never }
        return SlotEvent(kind, from: from, to: to)
    }

    /// The same with something changed: another session, another time, one event less or one twice.
    mutating func mutated(_ events: [SlotEvent]) -> [SlotEvent] {
        var events = events
        for _ in 0..<Int.random(in: 1...2, using: &random) where !events.isEmpty {
            let place = Int.random(in: events.indices, using: &random)
            let event = events[place]
            let session = "s\(Int.random(in: 1...3, using: &random))"
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let shift = Int64.random(in: -16...16, using: &random)
                let to = event.to == SlotEvent.never ? event.to : event.to + shift
                events[place] = SlotEvent(event.kind, from: event.from + shift, to: to)
            case 1: events[place] = SlotEvent(event.kind, from: event.from, to: event.from)
            case 2: events.remove(at: place)
            case 3: events[place] = SlotEvent(.holds(session), from: event.from, to: event.from + 3)
            case 4: events[place] = SlotEvent(.isEmpty, from: event.from, to: event.from + 3)
            default: events[place] = SlotEvent(.isGone(session), from: event.from, to: event.from + 3)
            }
        }
        return events
    }
}

extension SlotEvent.Kind {
    fileprivate var isChange: Bool {
        switch self {
        case .fill, .vacate: true
        case .holds, .isEmpty, .isGone: false
        }
    }
}
