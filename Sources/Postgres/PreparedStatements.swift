/// What one connection's server has prepared, or will have when it gets to what was sent.
///
/// Several groups may be under way, so news about a statement can be older than what was since sent: each entry knows
/// the group that prepared it.
struct PreparedStatements {
    private var groups: [String: Int] = [:]
    /// The server has these in a form that it no longer accepts.
    private var stale: Set<String> = []

    func contains(_ name: String) -> Bool { groups[name] != nil }

    /// - Returns: whether the server still has a useless statement of that name, to be deallocated first.
    mutating func insert(_ name: String, group: Int) -> Bool {
        groups[name] = group
        return stale.remove(name) != nil
    }

    /// Forgets a statement that turned out not to be usable, unless it was prepared anew after `group`.
    mutating func forget(_ name: String, since group: Int, isStale: Bool) {
        guard let preparedIn = groups[name], preparedIn <= group else { return }
        groups[name] = nil
        if isStale { stale.insert(name) }
    }
}

extension DatabaseError {
    /// Whether the server would run the statement if it were prepared anew: it has none of that name (26000), or one
    /// that is of no use.
    var isLostPlan: Bool { sqlState == "26000" || leavesUselessPlan }

    /// Whether the server still has a statement of that name that it will not run: its columns have changed since
    /// (0A000), or forgetting it was undone with a neighbour's failure (42P05).
    var leavesUselessPlan: Bool { sqlState == "0A000" || sqlState == "42P05" }
}
