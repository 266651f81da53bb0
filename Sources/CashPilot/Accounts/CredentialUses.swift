import Synchronization

/// Records when credentials are used, one write a minute for all of them.
///
/// A request only adds its credential to a set. A killed process loses the uses of its last minute.
package final class CredentialUses: Sendable {
    /// The time between two writes.
    package static let interval: Duration = .seconds(60)
    /// The maximum number of credentials in memory. The uses of others are lost until the next write.
    package static let waitingMax = 10_000

    private let credentials: CredentialService
    private let onFailure: @Sendable (any Error) -> Void
    private let waiting = Mutex<Set<CredentialID>>([])

    /// - Parameter onFailure: called when a write fails. Its uses are lost.
    package init(_ credentials: CredentialService, onFailure: @escaping @Sendable (any Error) -> Void) {
        self.credentials = credentials
        self.onFailure = onFailure
    }

    /// Notes that a request used a credential. Returns at once.
    package func note(_ id: CredentialID) {
        waiting.withLock { waiting in
            if waiting.count < Self.waitingMax { waiting.insert(id) }
        }
    }

    /// Writes every ``interval`` until the task is cancelled, then once more.
    package func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            await flush()
        }
    }

    /// Writes the uses that were noted since the last write.
    package func flush() async {
        let used = waiting.withLock { waiting in
            defer { waiting.removeAll(keepingCapacity: true) }
            return Array(waiting)
        }
        do {
            try await credentials.used(used)
        } catch {
            onFailure(error)
        }
    }
}
