/// A statement that a caller submits to the pool.
struct Request: Sendable {
    /// The result that the pool gives to the caller.
    typealias Completion = Result<Rows, DatabaseError>

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
        case begin(Transaction.Identity)
        /// A statement in a transaction, sent on the transaction's connection.
        case step(Transaction.Identity)
        /// The commit or rollback, which frees the transaction's connection.
        case end(Transaction.Identity, commit: Bool)
    }

    let statement: Statement
    let parameters: [Value]
    let kind: Kind
    /// The caller's request deadline, if any. The pool's own limits apply too.
    let deadline: ContinuousClock.Instant?

    /// Whether the request commits. If its response is lost, its outcome is unknown.
    var commits: Bool {
        switch kind {
        case .write: true
        case .end(_, let commit): commit
        case .read, .lookup, .list, .begin, .step: false
        }
    }
}
