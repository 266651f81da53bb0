/// Runs `work` concurrently with the indices from 0 to `count` - 1, and returns the results in that order.
package func together<Outcome: Sendable>(
    _ count: Int, _ work: @escaping @Sendable (Int) async throws -> Outcome
) async throws -> [Outcome] {
    try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
        for index in 0..<count {
            group.addTask { (index, try await work(index)) }
        }
        return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
