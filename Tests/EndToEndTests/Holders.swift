import Synchronization

/// Who holds a session, as tills know it: from the answer to an open to the request to close.
final class Holders: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    /// Holds an open session for a moment, so that another would be seen.
    ///
    /// - Returns: how many the cashier held at once: 1 if all is right.
    func hold(_ cashier: String) async throws -> Int {
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
