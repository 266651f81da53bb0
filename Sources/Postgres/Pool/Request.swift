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
    let deadline: PoolTime?
    /// Whether it serves a client without a verified identity. Such requests have their own places and connections.
    var isAnonymous = false

    /// Whether the request commits. If its response is lost, its outcome is unknown.
    var commits: Bool {
        switch kind {
        case .write: true
        case .end(_, let commit): commit
        case .read, .lookup, .list, .begin, .step: false
        }
    }
}

/// One or more requests that the connection sends before one Sync.
///
/// The Sync makes them one transaction, unless they begin their own.
struct RequestGroup {
    /// The statements, in the order of sending.
    private(set) var executions: [Execution]
    /// The number of requests.
    let count: Int

    init(_ request: InFlightRequest) {
        executions = [Execution(request)]
        count = 1
    }

    /// Creates a group, and combines lookups of the same statement into one batched read.
    ///
    /// Other requests keep their order and their own execution.
    init(batching requests: some Collection<InFlightRequest>) {
        executions = []
        count = requests.count
        executions.reserveCapacity(count)
        for request in requests {
            let place =
                request.isLookup
                ? executions.firstIndex { $0.isLookup && $0.statement.name == request.statement.name } : nil
            if let place {
                executions[place].members.append(request)
            } else {
                executions.append(Execution(request))
            }
        }
    }

    /// The requests, in the order of their executions.
    var requests: some Sequence<InFlightRequest> { executions.lazy.flatMap { $0.members } }

    /// Records at each request the error of another request that rolled it back.
    ///
    /// Rows of a write do not count: their commit failed with the group. Rows of a read are valid.
    func abortAfterFailure() {
        guard let cause = requests.lazy.compactMap(Self.cause).first(where: { $0.outcome == .notApplied }) else {
            return
        }
        for request in requests {
            if case .rows = request.response, !request.request.commits { continue }
            request.abort(by: cause)
        }
    }

    private static func cause(of request: InFlightRequest) -> DatabaseError? {
        switch request.response {
        case .failure(let cause), .aborted(let cause): cause
        case .none, .rows: nil
        }
    }
}

/// One statement to send, for one request or for a batched read.
struct Execution {
    /// The requests that this statement serves; at least one.
    ///
    /// Only ``Request/Kind/lookup`` requests share a statement. Their keys are the array elements, in this order.
    fileprivate(set) var members: [InFlightRequest]

    init(_ request: InFlightRequest) { members = [request] }

    var first: InFlightRequest { members[0] }

    var statement: Statement { first.statement }

    /// Whether the parameters are arrays of keys.
    var isLookup: Bool { first.isLookup }

    /// Gives each request its rows. A lookup gets the row whose first column is the lookup's position, or no row.
    func succeed(with result: QueryResult) {
        guard isLookup else { return first.receive(Rows(result)) }
        for request in members { request.receive(Rows(result, rows: 0..<0)) }
        do throws(DatabaseError) {
            for row in 0..<result.rowCount {
                let place: Int64? = try result.read(row: row, column: 0)
                guard let place, (1...Int64(members.count)).contains(place) else {
                    throw result.decodingError(0, "is no key's place")
                }
                members[Int(place) - 1].receive(Rows(result, rows: row..<row + 1, firstColumn: 1))
            }
        } catch {
            fail(with: error)
        }
    }

    /// Records that the server rejected this statement.
    ///
    /// The error does not identify the faulty key of a batched read. So the pool retries each request alone.
    func fail(with failure: DatabaseError) {
        guard members.count > 1 else { return first.receive(failure) }
        for request in members { request.abort(by: failure) }
    }
}
