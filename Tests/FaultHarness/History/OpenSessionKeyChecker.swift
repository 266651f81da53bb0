/// Checks that the events of one open-session key are linearizable, in O(n log n).
///
/// They are if each event can be placed at an instant between its two times so that at most one session is open at any
/// instant. A general register needs a search. Here each session opens once and closes at most once. Its own events
/// therefore show how long it must have been open: from the earliest end among its open and the events that found it
/// open, to the latest beginning among its close and the events that found it open. If the first time is before the
/// second, the session was open for that *stretch*. If not, one instant is enough, somewhere between the second time
/// and the first: its *window*. A shorter time never conflicts with more events, so the events fit if and only if
///
/// - no two stretches overlap,
/// - no window lies wholly inside a stretch, and
/// - no event that found no open session lies wholly inside a stretch.
package struct OpenSessionKeyChecker {
    private typealias Event = OpenSessionKeyEvent

    private struct Tenure {
        var opened: Event?
        var closed: Event?
        /// The earliest end and the latest beginning of the events that found the session open.
        var openUntil = Event.never
        var openFrom = Int64.min
        /// The earliest end of the events that found it closed.
        var closedBy: Int64?
    }

    private struct Stretch {
        let session: String
        let from: Int64
        let to: Int64
    }

    private struct Window {
        let fact: String
        let from: Int64
        let to: Int64
    }

    private var tenures: [String: Tenure] = [:]
    private var windows: [Window] = []
    private var stretches: [Stretch] = []
    private var faults: [String] = []

    /// - Returns: the contradictions as sentences; empty if the events fit.
    package static func faults(in events: [OpenSessionKeyEvent]) -> [String] {
        var checker = OpenSessionKeyChecker()
        for event in events { checker.add(event) }
        for (session, tenure) in checker.tenures { checker.place(session, tenure) }
        checker.fit()
        return checker.faults
    }

    private mutating func add(_ event: Event) {
        switch event.kind {
        case .opened(let session):
            if tenures[session]?.opened != nil { faults.append("\(session) was opened twice") }
            tenures[session, default: Tenure()].opened = event
        case .closed(let session):
            if tenures[session]?.closed != nil { faults.append("\(session) was closed twice") }
            tenures[session, default: Tenure()].closed = event
        case .isOpen(let session):
            tenures[session, default: Tenure()].openUntil = min(tenures[session]?.openUntil ?? .max, event.to)
            tenures[session, default: Tenure()].openFrom = max(tenures[session]?.openFrom ?? .min, event.from)
        case .noneOpen: windows.append(Window(fact: "no open session was found", from: event.from, to: event.to))
        case .isClosed(let session):
            tenures[session, default: Tenure()].closedBy = min(tenures[session]?.closedBy ?? .max, event.to)
        }
    }

    /// Finds the stretch or the window of one session.
    private mutating func place(_ session: String, _ tenure: Tenure) {
        guard let opened = tenure.opened else { return faults.append("\(session) was found and never opened") }
        if tenure.closed == nil, tenure.closedBy != nil {
            return faults.append("\(session) was reported as closed, and no client closed it")
        }
        let closedFrom = tenure.closed?.from ?? Event.never
        let closedTo = min(tenure.closed?.to ?? Event.never, tenure.closedBy ?? Event.never)
        // A session that was never closed is open at the end of time, and was opened before it.
        let latestOpen = min(opened.to, tenure.openUntil, closedTo, Event.never - 1)
        let earliestClose = max(closedFrom, tenure.openFrom, opened.from)
        guard latestOpen >= opened.from else {
            return faults.append("\(session) was reported as open or closed before its open was requested")
        }
        guard earliestClose <= closedTo else {
            return faults.append("\(session) was found open, or its close was requested, after it had been closed")
        }
        if latestOpen < earliestClose {
            stretches.append(Stretch(session: session, from: latestOpen, to: earliestClose))
        } else {
            windows.append(Window(fact: "\(session) was open", from: earliestClose, to: latestOpen))
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
            faults.append("\(window.fact) while \(stretches[next - 1].session) was open")
        }
    }
}

extension Array {
    /// The first index of the second part of an array that is partitioned by the predicate.
    fileprivate func partitioningIndex(where belongsToSecond: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongsToSecond(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
