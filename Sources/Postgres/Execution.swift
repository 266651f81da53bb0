/// One statement as it goes out: for one request, or for several look-ups of one statement.
struct Execution {
    /// Whom it is for. At least one; several only of ``Request/Kind/lookup``, whose keys it carries in this order.
    private(set) var members: [Pending]
    /// When it was sent, or is about to be.
    let start: ContinuousClock.Instant

    /// Sends one request by itself.
    init(_ pending: Pending, at start: ContinuousClock.Instant) {
        members = [pending]
        self.start = start
    }

    var first: Pending { members[0] }

    var statement: Statement { first.request.statement }

    /// Whether its parameters are arrays of keys.
    var isLookup: Bool { first.isLookup }

    /// Puts look-ups of one statement together, and leaves all else as it is, in order.
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

    /// Hands out what came back: to a look-up the row with its place, or none.
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

    /// Says that the server refused it. Among several nobody knows whose doing that was: each is tried by itself.
    func fail(with failure: DatabaseError) {
        for pending in members { pending.rows = nil }
        guard members.count > 1 else { return first.failure = first.failure ?? failure }
        for pending in members {
            pending.abortedBy = pending.abortedBy ?? failure
        }
    }
}
