/// One or more requests that the connection sends before one Sync.
///
/// The Sync makes them one transaction, unless they begin their own.
struct RequestGroup {
    /// The statements, in the order of sending.
    private(set) var executions: [Execution]
    /// The number of requests.
    let count: Int

    /// Creates a group of one request.
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

    /// Creates an execution of one request.
    init(_ request: InFlightRequest) { members = [request] }

    var first: InFlightRequest { members[0] }

    var statement: Statement { first.statement }

    /// Whether the parameters are arrays of keys.
    var isLookup: Bool { first.isLookup }
}
