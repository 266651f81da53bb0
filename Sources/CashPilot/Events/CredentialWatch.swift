/// Ends the event streams whose credentials are no longer valid.
///
/// One statement checks the bearers of all streams of this process, so its cost does not grow with the requests.
package struct CredentialWatch: Sendable {
    /// The time between two checks: 0.5 s, so that a stream ends within a second of its credential.
    static let interval: Duration = .milliseconds(500)

    private let credentials: CredentialService
    private let subscribers: EventSubscribers
    private let onFailure: @Sendable (any Error) -> Void

    /// - Parameter onFailure: called when a check fails, once until a check succeeds again.
    package init(
        credentials: CredentialService, subscribers: EventSubscribers,
        onFailure: @escaping @Sendable (any Error) -> Void
    ) {
        self.credentials = credentials
        self.subscribers = subscribers
        self.onFailure = onFailure
    }

    /// Checks every ``interval`` until the task is cancelled.
    package func run() async {
        var isFailing = false
        while !Task.isCancelled {
            let start = ContinuousClock.now
            do {
                try await check()
                isFailing = false
            } catch {
                if !isFailing { onFailure(error) }
                isFailing = true
            }
            try? await Task.sleep(until: start + Self.interval)
        }
    }

    /// Ends the streams of the bearers that are not valid now.
    package func check() async throws {
        let bearers = subscribers.bearers
        guard !bearers.isEmpty else { return }
        subscribers.end(Set(try await credentials.ended(among: Array(bearers))))
    }
}
