/// A request from its acceptance to its result. The pool completes it exactly once.
final class InFlightRequest {
    typealias Continuation = UnsafeContinuation<Request.Completion, Never>

    /// The stage of a request. `until` is the time at which the stage must end.
    enum Phase {
        /// The request waits for a connection.
        case waiting(until: PoolTime)
        /// The pool passes its group to libpq. The server does not execute the request yet.
        case sending(until: PoolTime)
        /// libpq accepted the whole request, so the server may execute it.
        case sent(until: PoolTime, Response)
        /// The request deadline passed on a shared connection. The caller has an error, and the pool discards the
        /// response.
        case timedOut(until: PoolTime, Response)
        /// The caller has the result, and the pool expects nothing more.
        case completed
    }

    /// The response so far. The caller gets it only after the Sync, because a write's rows arrive before its commit.
    enum Response {
        case none
        case rows(Rows)
        case failure(DatabaseError)
        /// The error of another request in the group, which rolled this request back.
        case aborted(by: DatabaseError)
    }

    struct Retries {
        /// All retries, for any cause.
        var count = 0
        /// Retries after a lost connection.
        var lostConnections = 0
        /// Retries after a lost prepared statement. Each connection may cause one.
        var lostPlans = 0
    }

    let request: Request
    /// The time by which the pool must complete or fail the request, including all retries.
    let expiry: PoolTime
    var phase: Phase
    var retries = Retries()
    /// The waiting caller. A test of ``PoolScheduler`` has none.
    let continuation: Continuation?

    /// - Parameters:
    ///   - deadline: the end of the first wait. ``expiry`` may shorten it.
    ///   - expiry: the pool's own limit, which the request deadline may shorten.
    init(
        _ request: Request, _ continuation: Continuation?, deadline: PoolTime,
        expiry: PoolTime
    ) {
        self.request = request
        self.continuation = continuation
        self.expiry = request.deadline.map { min($0, expiry) } ?? expiry
        phase = .waiting(until: min(deadline, self.expiry))
    }

    deinit { assert(continuation == nil || isCompleted, "the pool completes every request") }

    /// Whether the caller has the result.
    private var isCompleted: Bool {
        switch phase {
        case .timedOut, .completed: true
        case .waiting, .sending, .sent: false
        }
    }

    /// The end of the current stage, waiting or sent.
    ///
    /// It is never after ``expiry``, except on a shared connection. The pool does not close a shared connection because
    /// one caller's deadline passed.
    var deadline: PoolTime {
        switch phase {
        case .waiting(let until), .sending(let until), .sent(let until, _), .timedOut(let until, _): until
        case .completed: expiry
        }
    }

    /// Whether the server may have executed it.
    var wasSent: Bool {
        switch phase {
        case .sent, .timedOut: true
        case .waiting, .sending, .completed: false
        }
    }

    var isTimedOut: Bool {
        if case .timedOut = phase { true } else { false }
    }

    /// The response so far. Only a sent request has one.
    var response: Response {
        get {
            switch phase {
            case .sent(_, let response), .timedOut(_, let response): response
            case .waiting, .sending, .completed: .none
            }
        }
        set {
            switch phase {
            case .sent(let until, _): phase = .sent(until: until, newValue)
            case .timedOut(let until, _): phase = .timedOut(until: until, newValue)
            case .waiting, .sending, .completed: assertionFailure("a response to a request that was not sent")
            }
        }
    }

    /// The error that the server reported for it.
    var failure: DatabaseError? {
        if case .failure(let failure) = response { failure } else { nil }
    }

    // MARK: Changes of the phase

    /// Records that libpq accepted the whole request.
    func markSent() { phase = .sent(until: deadline, .none) }

    /// Records that the server rolled it back. It then counts as not sent.
    func markUndone() { phase = .waiting(until: deadline) }

    /// Records rows, unless an error arrived before.
    func receive(_ rows: Rows) {
        switch response {
        case .none, .rows: response = .rows(rows)
        case .failure, .aborted: break
        }
    }

    /// Records an error. The first error is kept.
    func receive(_ failure: DatabaseError) {
        if self.failure == nil { response = .failure(failure) }
    }

    /// Records the error of another request, unless an error arrived before.
    func abort(by cause: DatabaseError) {
        switch response {
        case .none, .rows: response = .aborted(by: cause)
        case .failure, .aborted: break
        }
    }
}

/// The rules for each kind of request.
extension InFlightRequest {
    var kind: Request.Kind { request.kind }

    var statement: Statement { request.statement }

    var isAnonymous: Bool { request.isAnonymous }

    /// Whether it is a retry, which the pool sends in its own group.
    var isRetry: Bool { retries.count > 0 }

    /// Whether the pool may resend it after its connection broke.
    var isRead: Bool {
        switch kind {
        case .read, .lookup, .list: true
        case .write, .begin, .step, .end: false
        }
    }

    var isLookup: Bool {
        if case .lookup = kind { true } else { false }
    }

    /// Whether it belongs to an open transaction.
    var isInTransaction: Bool {
        switch kind {
        case .step, .end: true
        case .read, .lookup, .list, .write, .begin: false
        }
    }

    var isRollback: Bool {
        if case .end(_, commit: false) = kind { true } else { false }
    }

    /// Whether it may join a group commit.
    var mayJoinGroupCommit: Bool {
        if case .write(.some) = kind { !isRetry } else { false }
    }

    var conflictKey: UInt64? {
        switch kind {
        case .write(let conflictKey): conflictKey ?? (request.isAnonymous ? WriteQueue.anonymousKey : nil)
        case .begin(let transaction), .end(let transaction, _): transaction.conflictKey
        case .read, .lookup, .list, .step: nil
        }
    }
}
