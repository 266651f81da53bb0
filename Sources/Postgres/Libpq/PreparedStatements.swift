/// The statements prepared on one connection, including those still in flight.
///
/// Each entry records the group that prepared the statement. Several groups may be in flight, so an error about a
/// statement may be older than its latest preparation.
struct PreparedStatements {
    private var groups: [String: Int] = [:]
    /// Statements that the server still has, in a form that it rejects.
    private var stale: Set<String> = []

    func contains(_ name: String) -> Bool { groups[name] != nil }

    /// - Returns: whether the server still has an unusable statement of that name, which must be deallocated first.
    mutating func insert(_ name: String, group: Int) -> Bool {
        groups[name] = group
        return stale.remove(name) != nil
    }

    /// Removes an unusable statement, unless a group later than `group` prepared it.
    mutating func forget(_ name: String, since group: Int, isStale: Bool) {
        guard let preparedIn = groups[name], preparedIn <= group else { return }
        groups[name] = nil
        if isStale { stale.insert(name) }
    }
}

extension DatabaseError {
    /// Whether a new preparation fixes the error. The server has no statement of that name (26000) or an unusable one.
    var isLostPlan: Bool { sqlState == "26000" || leavesUselessPlan }

    /// Whether the server still has an unusable statement of that name.
    ///
    /// Either its result columns changed (0A000), or a rollback undid its deallocation (42P05).
    var leavesUselessPlan: Bool { sqlState == "0A000" || sqlState == "42P05" }
}
