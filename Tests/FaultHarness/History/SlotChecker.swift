/// Judges whether the events of one slot can be put on one line of time, each at an instant between its two times, so
/// that the slot holds at most one session at any instant: linearizability, in O(n log n).
///
/// A general register needs a search. Here each session takes the slot once and leaves it at most once, so how long a
/// session must have held the slot follows from its own events alone: from the earliest end among its fill and whatever
/// found it there, to the latest beginning among its vacate and whatever found it there. If the first is before the
/// second, the slot was its own for that *stretch*. If not, one instant was enough, somewhere between the second and
/// the first: its *window*. Shorter is always better for all others, so the slot's events fit if and only if
///
/// - no two stretches overlap,
/// - no window lies wholly inside a stretch, and
/// - nothing found the slot empty wholly inside a stretch.
package struct SlotChecker {
    private struct Tenure {
        var fill: SlotEvent?
        var vacate: SlotEvent?
        /// The earliest end and the latest beginning of what found it in the slot.
        var heldUntil = SlotEvent.never
        var heldFrom = Int64.min
        /// The earliest end of what found it gone.
        var goneBy: Int64?
    }

    private struct Stretch {
        let session: String
        let from: Int64
        let to: Int64
    }

    private struct Window {
        let what: String
        let from: Int64
        let to: Int64
    }

    private var tenures: [String: Tenure] = [:]
    private var windows: [Window] = []
    private var stretches: [Stretch] = []
    private var faults: [String] = []

    /// - Returns: what cannot be, in words; empty if all fits.
    package static func faults(in events: [SlotEvent]) -> [String] {
        var checker = SlotChecker()
        for event in events { checker.take(event) }
        for (session, tenure) in checker.tenures { checker.place(session, tenure) }
        checker.fit()
        return checker.faults
    }

    private mutating func take(_ event: SlotEvent) {
        switch event.kind {
        case .fill(let session):
            if tenures[session]?.fill != nil { faults.append("\(session) was opened twice") }
            tenures[session, default: Tenure()].fill = event
        case .vacate(let session):
            if tenures[session]?.vacate != nil { faults.append("\(session) was closed twice") }
            tenures[session, default: Tenure()].vacate = event
        case .holds(let session):
            tenures[session, default: Tenure()].heldUntil = min(tenures[session]?.heldUntil ?? .max, event.to)
            tenures[session, default: Tenure()].heldFrom = max(tenures[session]?.heldFrom ?? .min, event.from)
        case .isEmpty: windows.append(Window(what: "the slot was found empty", from: event.from, to: event.to))
        case .isGone(let session):
            tenures[session, default: Tenure()].goneBy = min(tenures[session]?.goneBy ?? .max, event.to)
        }
    }

    /// Finds the stretch or the window of one session.
    private mutating func place(_ session: String, _ tenure: Tenure) {
        guard let fill = tenure.fill else { return faults.append("\(session) was seen and never opened") }
        if tenure.vacate == nil, tenure.goneBy != nil {
            return faults.append("\(session) was told to be closed, and nobody closed it")
        }
        let leftFrom = tenure.vacate?.from ?? SlotEvent.never
        let leftTo = min(tenure.vacate?.to ?? SlotEvent.never, tenure.goneBy ?? SlotEvent.never)
        // Who never left took the slot before the end of time, and holds it there.
        let latestFill = min(fill.to, tenure.heldUntil, leftTo, SlotEvent.never - 1)
        let earliestLeave = max(leftFrom, tenure.heldFrom, fill.from)
        guard latestFill >= fill.from else {
            return faults.append("\(session) was seen, or told to be closed, before its open was asked for")
        }
        guard earliestLeave <= leftTo else {
            return faults.append("\(session) was seen open, or its close was asked for, after it had been closed")
        }
        if latestFill < earliestLeave {
            stretches.append(Stretch(session: session, from: latestFill, to: earliestLeave))
        } else {
            windows.append(Window(what: "\(session) was open", from: earliestLeave, to: latestFill))
        }
    }

    private mutating func fit() {
        stretches.sort { ($0.from, $0.to) < ($1.from, $1.to) }
        for (before, after) in zip(stretches, stretches.dropFirst()) where after.from < before.to {
            faults.append("\(before.session) and \(after.session) were open at once")
        }
        // With overlapping stretches the search below could miss one; there is a fault to report already.
        for window in windows {
            let next = stretches.partitioningIndex { $0.from >= window.from }
            guard next > 0, stretches[next - 1].from < window.from, window.to < stretches[next - 1].to else { continue }
            faults.append("\(window.what) while \(stretches[next - 1].session) was open")
        }
    }
}

extension Array {
    /// The first index from which on everything belongs to the second part; the array has the first part first.
    fileprivate func partitioningIndex(where belongsToSecond: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongsToSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
