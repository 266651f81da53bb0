import Synchronization

/// The number of open sessions per cashier as clients see it: from the response to an open until the close request.
final class OpenSessionCounts: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// Counts an open session for 5 ms, so that a second one is noticed.
    ///
    /// - Returns: the maximum number of sessions that the cashier had at once; more than 1 breaks the rule.
    func countWhileOpen(_ cashier: String) async throws -> Int {
        let before = counts.withLock { counts in
            counts[cashier, default: 0] += 1
            return counts[cashier, default: 0]
        }
        try await Task.sleep(for: .milliseconds(5))
        return counts.withLock { counts in
            defer { counts[cashier, default: 0] -= 1 }
            return max(before, counts[cashier, default: 0])
        }
    }
}
