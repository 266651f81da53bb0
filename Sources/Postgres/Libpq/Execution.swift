/// One statement sent to the server, for one request or for a batched read.
struct Execution {
    /// The requests that this statement serves; at least one.
    ///
    /// Only ``Request/Kind/lookup`` requests share a statement. Their keys are the array elements, in this order.
    private(set) var members: [Pending]
    /// The time of sending, taken just before libpq gets the statement.
    let start: ContinuousClock.Instant

    /// Creates an execution of one request.
    init(_ pending: Pending, at start: ContinuousClock.Instant) {
        members = [pending]
        self.start = start
    }

    var first: Pending { members[0] }

    var statement: Statement { first.request.statement }

    /// Whether the parameters are arrays of keys.
    var isLookup: Bool { first.isLookup }

    /// Combines lookups of the same statement into one batched read. Other requests keep their order and their own
    /// execution.
    static func gather(_ group: some Collection<Pending>, at start: ContinuousClock.Instant) -> [Execution] {
        var executions: [Execution] = []
        executions.reserveCapacity(group.count)
        for pending in group {
            let place =
                pending.isLookup
                ? executions.firstIndex { $0.isLookup && $0.statement.name == pending.request.statement.name } : nil
            if let place {
                executions[place].members.append(pending)
            } else {
                executions.append(Execution(pending, at: start))
            }
        }
        return executions
    }

    /// Gives each request its rows. A lookup gets the row whose first column is the lookup's position, or no row.
    func succeed(with result: QueryResult) {
        guard isLookup else { return first.rows = Rows(result) }
        for pending in members { pending.rows = Rows(result, rows: 0..<0) }
        do throws(DatabaseError) {
            for row in 0..<result.rowCount {
                let place: Int64? = try result.read(row: row, column: 0)
                guard let place, (1...Int64(members.count)).contains(place) else {
                    throw result.decodingFault(0, "is no key's place")
                }
                members[Int(place) - 1].rows = Rows(result, rows: row..<row + 1, firstColumn: 1)
            }
        } catch {
            fail(with: error)
        }
    }

    /// Records that the server rejected this statement.
    ///
    /// The error does not identify the faulty key of a batched read, so the pool retries each request alone.
    func fail(with failure: DatabaseError) {
        for pending in members { pending.rows = nil }
        guard members.count > 1 else { return first.failure = first.failure ?? failure }
        for pending in members {
            pending.abortedBy = pending.abortedBy ?? failure
        }
    }
}
