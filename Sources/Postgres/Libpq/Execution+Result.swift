/// Records the results of a statement at its requests.
extension Execution {
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
    /// The error does not identify the faulty key of a batched read, so the pool retries each request alone.
    func fail(with failure: DatabaseError) {
        guard members.count > 1 else { return first.receive(failure) }
        for request in members { request.abort(by: failure) }
    }
}
