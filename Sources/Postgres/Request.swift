/// What a caller wants of the pool.
struct Request: Sendable {
    typealias Answer = Result<Rows, DatabaseError>

    enum Kind: Sendable {
        /// May be sent again, and may share a Sync with others.
        case read
        /// A read by key, which goes out together with others of the same statement: ``Database/lookUp(_:_:)``.
        case lookup
        /// A read that may take long.
        case list
        /// Takes effect by itself. Of the writes of one lane only a few are under way at a time. With a lane it may share
        /// its commit with writes of others.
        case write(lane: UInt64?)
        /// Takes a write connection for a transaction, and its place in a lane if it has one.
        case begin(Transaction)
        /// A statement inside a transaction, on its connection.
        case step(Transaction)
        /// The last statement of a transaction; its connection is free afterwards.
        case end(Transaction, commit: Bool)
    }

    let statement: Statement
    let parameters: [Value]
    let kind: Kind
    /// When its caller waits no longer, if that is before the pool's own limits.
    let deadline: ContinuousClock.Instant?
    let continuation: UnsafeContinuation<Answer, Never>

    /// Whether it takes effect by itself, so that if its answer is lost nobody knows what became of it.
    var commits: Bool {
        switch kind {
        case .write: true
        case .end(_, let commit): commit
        case .read, .lookup, .list, .begin, .step: false
        }
    }
}

/// A request that the pool has accepted and will answer exactly once.
final class Pending {
    let request: Request
    /// When it must be answered whatever happens.
    let expiry: ContinuousClock.Instant
    /// When the present stage, waiting or under way, has taken too long. Never after ``expiry``, but on a connection that
    /// carries others too, which is not given up because one caller waits no longer.
    private(set) var deadline: ContinuousClock.Instant

    /// What came back so far. It is told to the caller only after the Sync, because a write's row comes before its
    /// commit.
    var rows: Rows?
    /// The same, if it failed.
    var failure: DatabaseError?
    /// Whether all of it was handed to libpq, so that the server may act on it.
    var wasSent = false
    /// Which of its connection's groups it was in.
    var sequence = 0
    /// It was in a group that failed, so it goes alone from now on.
    var isAlone = false
    /// Whether it was let through to share a commit, and not to go alone.
    var sharesCommit = false
    /// How often it has lost its connection.
    var losses = 0
    /// The failure of a neighbour in its group, which undid this one with it.
    var abortedBy: DatabaseError?
    /// How often the server did not have the plan that it should have; each connection may lack it once.
    var lostPlans = 0
    /// What still comes back for it is thrown away.
    private(set) var isAnswered = false

    /// - Parameter expiry: the pool's own limit.
    init(_ request: Request, deadline: ContinuousClock.Instant, expiry: ContinuousClock.Instant) {
        self.request = request
        self.expiry = request.deadline.map { min($0, expiry) } ?? expiry
        self.deadline = min(deadline, self.expiry)
    }

    deinit { assert(isAnswered, "a request was forgotten") }

    /// Whether it may be sent again after its connection broke.
    var isRead: Bool {
        switch request.kind {
        case .read, .lookup, .list: true
        case .write, .begin, .step, .end: false
        }
    }

    var isLookup: Bool {
        if case .lookup = request.kind { true } else { false }
    }

    /// Whether it belongs to a transaction that has begun.
    var isInTransaction: Bool {
        switch request.kind {
        case .step, .end: true
        case .read, .lookup, .list, .write, .begin: false
        }
    }

    /// Whether it may be one of several writes that are committed together.
    var mayShareCommit: Bool {
        if case .write(.some) = request.kind { !isAlone } else { false }
    }

    var isRollback: Bool {
        if case .end(_, commit: false) = request.kind { true } else { false }
    }

    var lane: UInt64? {
        switch request.kind {
        case .write(let lane): lane
        case .begin(let transaction), .end(let transaction, _): transaction.lane
        case .read, .lookup, .list, .step: nil
        }
    }

    func isWaiting(until deadline: ContinuousClock.Instant) { self.deadline = min(deadline, expiry) }

    func isUnderWay(until deadline: ContinuousClock.Instant, withOthers: Bool) {
        self.deadline = withOthers ? deadline : min(deadline, expiry)
    }

    /// Forgets what came back, to be sent again.
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
