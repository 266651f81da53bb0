import Synchronization

/// Counts open conflicts in memory and writes them in batches.
///
/// A client that retries in a loop costs one row a minute, and each conflict costs one read. Conflicts are written
/// every ``interval``; after an error they stay in memory. A killed process loses their counts and audit events, never
/// a change.
package final class ConflictRecorder: Sendable {
    /// The longest time that a conflict waits to be written.
    package static let interval: Duration = .milliseconds(500)
    /// The maximum number of distinct conflicts in memory. Conflicts beyond it are logged but not recorded.
    package static let waitingMax = 10_000
    /// The maximum number of conflicts in one statement.
    static let batchMax = 500

    private let store: any SessionStore
    private let ids: IDMaker
    private let waiting = Mutex(Waiting())
    private let log: @Sendable (RecordedConflict) -> Void
    private let onFailure: @Sendable (any Error) -> Void

    private struct Waiting: Sendable {
        var counts: [ConflictKey: ConflictCount] = [:]
        var dropped = 0

        mutating func add(_ conflict: ConflictCount) {
            if counts[conflict.key] != nil {
                counts[conflict.key]?.add(conflict)
            } else if counts.count < ConflictRecorder.waitingMax {
                counts[conflict.key] = conflict
            } else {
                dropped += conflict.times
            }
        }
    }

    /// - Parameters:
    ///   - log: called at once for every conflict.
    ///   - onFailure: called when a batch cannot be written. The batch is kept for the next flush.
    package init(
        store: any SessionStore, ids: IDMaker, log: @escaping @Sendable (RecordedConflict) -> Void,
        onFailure: @escaping @Sendable (any Error) -> Void
    ) {
        self.store = store
        self.ids = ids
        self.log = log
        self.onFailure = onFailure
    }

    /// Logs and counts a conflict of `caller`. Returns at once.
    ///
    /// - Parameters:
    ///   - offered: the float of the request, which was not used.
    ///   - isResumed: whether the caller got the existing session instead of an error.
    package func record(
        _ conflict: SessionConflict, of caller: Caller, offering offered: Money? = nil, isResumed: Bool = false
    ) {
        let conflict = RecordedConflict(conflict: conflict, caller: caller, offered: offered, isResumed: isResumed)
        log(conflict)
        let count = ConflictCount(conflict, event: ids.make())
        waiting.withLock { $0.add(count) }
    }

    /// Flushes every ``interval`` until the task is cancelled, then once more.
    package func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            await flush()
        }
        await flush()
    }

    /// Writes all waiting conflicts. A batch that fails stays in memory.
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
                return onFailure(error)
            }
        }
    }

    /// The number of conflicts that were not recorded because ``waitingMax`` was reached.
    package var dropped: Int { waiting.withLock { $0.dropped } }
}

/// A conflict with the request that caused it.
package struct RecordedConflict: Sendable {
    package let conflict: SessionConflict
    package let caller: Caller
    /// The float of the request, which was not used, in the business's currency; `nil` if it had none.
    package let offered: Money?
    /// Whether the caller got the existing session instead of an error.
    package let isResumed: Bool

    package init(conflict: SessionConflict, caller: Caller, offered: Money?, isResumed: Bool) {
        self.conflict = conflict
        self.caller = caller
        self.offered = offered
        self.isResumed = isResumed
    }
}

/// Identifies conflicts that are counted together: the existing session, the caller and the minute.
package struct ConflictKey: Hashable, Sendable {
    package let business: BusinessID
    package let cashier: UserID
    package let session: SessionID
    package let caller: UserID
    /// Minutes since 1970-01-01T00:00Z.
    package let minute: Int64
}

/// Identical conflicts, counted.
package struct ConflictCount: Sendable {
    package let key: ConflictKey
    package private(set) var times: Int
    package private(set) var first: Instant
    package private(set) var last: Instant
    /// The id of the audit event, which is written with the first batch of the minute only.
    package let event: AuditEventID
    /// The request ids of the first conflict.
    package let requestID: String
    package let clientRequestID: String?
    /// How many of them got the existing session instead of an error.
    package private(set) var resumed: Int
    /// The float that the last request offered; `nil` if none did.
    package private(set) var offered: Money?
    /// The business's currency at the last request.
    package private(set) var currency: String

    init(_ recorded: RecordedConflict, event: AuditEventID) {
        let (conflict, caller) = (recorded.conflict, recorded.caller)
        let existing = conflict.existing
        key = ConflictKey(
            business: existing.business, cashier: existing.cashier, session: existing.id, caller: caller.id,
            minute: conflict.instant.milliseconds / 60_000)
        resumed = recorded.isResumed ? 1 : 0
        offered = recorded.offered
        currency = existing.businessCurrency
        times = 1
        first = conflict.instant
        last = conflict.instant
        self.event = event
        requestID = caller.requestID
        clientRequestID = caller.clientRequestID
    }

    mutating func add(_ other: ConflictCount) {
        times += other.times
        resumed += other.resumed
        first = min(first, other.first)
        if other.last >= last, let newer = other.offered { (offered, currency) = (newer, other.currency) }
        last = max(last, other.last)
    }
}

/// Identical open conflicts of one minute, recorded as one row.
///
/// Conflicts are identical if the existing session, the caller and the minute are equal.
package struct OpenConflict: Sendable {
    /// Also the id of the audit event that the first conflict wrote.
    package let id: OpenConflictID
    package let business: BusinessID
    /// The cashier for whom the open was requested.
    package let cashier: UserID
    package let cashierName: String?
    /// The user that sent the request: the cashier, or an administrator on the cashier's behalf.
    package let caller: UserID
    package let callerName: String?
    /// The existing session.
    package let session: SessionID
    /// `nil` if the session's row is missing, which no request can cause.
    package let sessionNumber: Int64?
    package let minute: Instant
    /// The number of conflicts in that minute.
    package let times: Int64
    package let firstAt: Instant
    package let lastAt: Instant
    /// The number among them whose caller got the existing session instead of an error.
    package let resumed: Int64
    /// The float that the last request offered, which was not used; `nil` if none did.
    package let offered: Money?
    /// The currency of ``offered``; `nil` for a conflict of an earlier version of the service.
    package let currency: String?

    package init(
        id: OpenConflictID, business: BusinessID, cashier: UserID, cashierName: String?, caller: UserID,
        callerName: String?, session: SessionID, sessionNumber: Int64?, minute: Instant, times: Int64,
        firstAt: Instant, lastAt: Instant, resumed: Int64, offered: Money?,
        currency: String?
    ) {
        self.id = id
        self.business = business
        self.cashier = cashier
        self.cashierName = cashierName
        self.caller = caller
        self.callerName = callerName
        self.session = session
        self.sessionNumber = sessionNumber
        self.minute = minute
        self.times = times
        self.firstAt = firstAt
        self.lastAt = lastAt
        self.resumed = resumed
        self.offered = offered
        self.currency = currency
    }
}

package typealias OpenConflictID = ID<OpenConflict>
