/// A statement that a caller submits to the pool.
struct Request: Sendable {
    typealias Answer = Result<Rows, DatabaseError>

    enum Kind: Sendable {
        /// A read. The pool may resend it and send it in a group with others.
        case read
        /// A read by key. The pool combines lookups of one statement into a batched read: ``Database/lookUp(_:_:)``.
        case lookup
        /// A read that may be slow: ``Database/list(_:_:)``.
        case list
        /// A write that commits by itself. The pool limits the writes in flight for each conflict key. A write with a
        /// conflict key may join a group commit.
        case write(conflictKey: UInt64?)
        /// Begins a transaction. It takes a write connection, and counts toward the limit of its conflict key.
        case begin(Transaction)
        /// A statement in a transaction, sent on the transaction's connection.
        case step(Transaction)
        /// The commit or rollback, which frees the transaction's connection.
        case end(Transaction, commit: Bool)
    }

    let statement: Statement
    let parameters: [Value]
    let kind: Kind
    /// The caller's request deadline, if any. The pool's own limits apply too.
    let deadline: ContinuousClock.Instant?
    let continuation: UnsafeContinuation<Answer, Never>

    /// Whether the request commits. If its response is lost, its outcome is unknown.
    var commits: Bool {
        switch kind {
        case .write: true
        case .end(_, let commit): commit
        case .read, .lookup, .list, .begin, .step: false
        }
    }
}

/// An in-flight request. The pool completes or fails it exactly once.
final class Pending {
    let request: Request
    /// The time at which the pool must complete or fail the request.
    let expiry: ContinuousClock.Instant
    /// The end of the current stage, waiting or sent.
    ///
    /// It is never after ``expiry``, except on a shared connection. The pool does not close a shared connection because
    /// one caller's deadline passed.
    private(set) var deadline: ContinuousClock.Instant

    /// The rows received so far. The caller gets them only after the Sync, because a write's rows arrive before its
    /// commit.
    var rows: Rows?
    /// The error received so far. The caller gets it only after the Sync.
    var failure: DatabaseError?
    /// Whether libpq accepted the whole request, so that the server may execute it.
    var wasSent = false
    /// The number of its group on its connection.
    var sequence = 0
    /// Whether the request is a retry, which the pool sends in its own group.
    var isAlone = false
    /// Whether the write queue admitted it to a group commit, not as an exclusive write.
    var sharesCommit = false
    /// Connections that it has lost.
    var losses = 0
    /// The error of another request in the group, which rolled this request back.
    var abortedBy: DatabaseError?
    /// Failures for a lost prepared statement. Each connection may cause one.
    var lostPlans = 0
    /// Whether the caller has the result. The pool discards later results.
    private(set) var isAnswered = false

    /// - Parameter expiry: the pool's own limit, which the request deadline may shorten.
    init(_ request: Request, deadline: ContinuousClock.Instant, expiry: ContinuousClock.Instant) {
        self.request = request
        self.expiry = request.deadline.map { min($0, expiry) } ?? expiry
        self.deadline = min(deadline, self.expiry)
    }

    deinit { assert(isAnswered, "a request was forgotten") }

    /// Whether the pool may resend it after its connection broke.
    var isRead: Bool {
        switch request.kind {
        case .read, .lookup, .list: true
        case .write, .begin, .step, .end: false
        }
    }

    var isLookup: Bool {
        if case .lookup = request.kind { true } else { false }
    }

    /// Whether it belongs to an open transaction.
    var isInTransaction: Bool {
        switch request.kind {
        case .step, .end: true
        case .read, .lookup, .list, .write, .begin: false
        }
    }

    /// Whether it may join a group commit.
    var mayShareCommit: Bool {
        if case .write(.some) = request.kind { !isAlone } else { false }
    }

    var isRollback: Bool {
        if case .end(_, commit: false) = request.kind { true } else { false }
    }

    var conflictKey: UInt64? {
        switch request.kind {
        case .write(let conflictKey): conflictKey
        case .begin(let transaction), .end(let transaction, _): transaction.conflictKey
        case .read, .lookup, .list, .step: nil
        }
    }

    func isWaiting(until deadline: ContinuousClock.Instant) { self.deadline = min(deadline, expiry) }

    func isUnderWay(until deadline: ContinuousClock.Instant, withOthers: Bool) {
        self.deadline = withOthers ? deadline : min(deadline, expiry)
    }

    /// Discards the received results before a retry.
    func reset() {
        rows = nil
        failure = nil
        abortedBy = nil
        wasSent = false
    }

    func answer(_ answer: Request.Answer) {
        assert(!isAnswered, "a request was answered twice")
        isAnswered = true
        request.continuation.resume(returning: answer)
    }
}
