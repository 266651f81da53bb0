import Synchronization

/// Gathers refused opens, and counts those that repeat, until they are written: a till that retries in a loop
/// costs one row a minute, and a refusal costs one read.
///
/// What is gathered lives in memory for up to ``interval``: a process that is killed within it loses a count,
/// never a change.
package final class ConflictRecorder: Sendable {
    /// How long a refusal waits to be written.
    package static let interval: Duration = .milliseconds(500)
    /// How many different refusals may wait. More than these in an interval are logged, but not recorded.
    package static let waitingMax = 10_000
    /// How many go into one statement.
    static let batchMax = 500

    private let store: any SessionStore
    private let ids: IDMaker
    private let waiting = Mutex(Waiting())
    private let onNote: @Sendable (Blocker, Caller, Instant) -> Void
    private let onFault: @Sendable (any Error) -> Void

    fileprivate struct Waiting: Sendable {
        var counts: [ConflictKey: ConflictCount] = [:]
        var dropped = 0
    }

    /// - Parameters:
    ///   - onNote: called at once for every refusal; for the log.
    ///   - onFault: called when a batch could not be written; it is kept for the next time.
    package init(
        store: any SessionStore, ids: IDMaker,
        onNote: @escaping @Sendable (Blocker, Caller, Instant) -> Void,
        onFault: @escaping @Sendable (any Error) -> Void
    ) {
        self.store = store
        self.ids = ids
        self.onNote = onNote
        self.onFault = onFault
    }

    /// Notes that `blocker` was in the way of `caller`. Returns at once.
    package func note(_ blocker: Blocker, for caller: Caller, at instant: Instant) {
        onNote(blocker, caller, instant)
        let conflict = ConflictCount(blocker, for: caller, at: instant, event: ids.make())
        waiting.withLock { $0.add(conflict) }
    }

    /// The refusal that names the session in the way, as `caller` sees it. It is on its way into the log and the record.
    func refusal(of caller: Caller, by blocker: Blocker, role: Role, at instant: Instant) -> Refusal {
        var blocker = blocker
        blocker.isOwn = blocker.cashier == caller.id
        blocker.actions = Blocker.actions(for: role, isOwn: blocker.isOwn, status: blocker.status)
        note(blocker, for: caller, at: instant)
        return .alreadyOpen(blocker)
    }

    /// Writes what is waiting, every ``interval``, until the task is cancelled; then once more.
    package func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            await flush()
        }
        await flush()
    }

    /// Writes what is waiting now. What could not be written waits on.
    package func flush() async {
        var batch = waiting.withLock { waiting in
            defer { waiting.counts.removeAll(keepingCapacity: true) }
            return Array(waiting.counts.values)
        }
        while !batch.isEmpty {
            let part = Array(batch.prefix(Self.batchMax))
            do {
                try await store.record(part)
                batch.removeFirst(part.count)
            } catch {
                waiting.withLock { waiting in batch.forEach { waiting.add($0) } }
                return onFault(error)
            }
        }
    }

    /// How many refusals were left out of the record because too many waited.
    package var dropped: Int { waiting.withLock { $0.dropped } }
}

extension ConflictRecorder.Waiting {
    fileprivate mutating func add(_ conflict: ConflictCount) {
        if counts[conflict.key] != nil {
            counts[conflict.key]?.add(conflict)
        } else if counts.count < ConflictRecorder.waitingMax {
            counts[conflict.key] = conflict
        } else {
            dropped += conflict.times
        }
    }
}

/// What makes two refusals the same: the session in the way, who was refused, and the minute.
package struct ConflictKey: Hashable, Sendable {
    package let business: BusinessID
    package let cashier: UserID
    package let session: SessionID
    package let caller: UserID
    /// Since 1970.
    package let minute: Int64
}

/// Refusals that are the same, counted.
package struct ConflictCount: Sendable {
    package let key: ConflictKey
    package private(set) var times: Int
    package private(set) var first: Instant
    package private(set) var last: Instant
    /// The audit event to write if these are the first of their minute.
    package let event: AuditEventID
    /// Of the first.
    package let requestID: String

    init(_ blocker: Blocker, for caller: Caller, at instant: Instant, event: AuditEventID) {
        key = ConflictKey(
            business: blocker.business, cashier: blocker.cashier, session: blocker.session, caller: caller.id,
            minute: instant.milliseconds / 60_000)
        times = 1
        first = instant
        last = instant
        self.event = event
        requestID = caller.requestID
    }

    mutating func add(_ other: ConflictCount) {
        times += other.times
        first = min(first, other.first)
        last = max(last, other.last)
    }
}
