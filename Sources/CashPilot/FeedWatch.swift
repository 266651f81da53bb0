import Synchronization

/// Looks at the feed for all who follow it by this process, and wakes those whom the news concern.
///
/// It looks when it is nudged, and while somebody follows also every ``interval``: whatever nudges it may be lost. It
/// places what waits for its place itself, so nobody's events depend on another process.
package final class FeedWatch: Sendable {
    /// Between two looks that nobody asked for.
    static let interval: Duration = .milliseconds(500)
    /// Between two looks at the least, however often it is nudged.
    static let pause: Duration = .milliseconds(100)
    /// How many events a look considers. If there are more, the next look follows.
    static let lookMax = 1_000

    private let store: any FeedStore
    private let followers: FeedFollowers
    private let onFault: @Sendable (any Error) -> Void
    private let nudges: AsyncStream<Void>
    private let nudger: AsyncStream<Void>.Continuation
    /// The last position that it has told; `nil` while nobody follows.
    private let known = Mutex<Int64?>(nil)

    /// - Parameter onFault: called when it cannot look, not again while it cannot.
    package init(
        store: any FeedStore, followers: FeedFollowers, onFault: @escaping @Sendable (any Error) -> Void
    ) {
        self.store = store
        self.followers = followers
        self.onFault = onFault
        (nudges, nudger) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Says that something may have happened. Returns at once.
    package func nudge() { nudger.yield() }

    /// Looks until the task is cancelled.
    ///
    /// - Parameter onFollowed: called again and again while somebody follows; must return at once.
    package func run(onFollowed: @escaping @Sendable () -> Void = {}) async {
        await withTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.interval)
                    self.followers.tick()
                    guard self.followers.count > 0 else { continue }
                    onFollowed()
                    self.nudge()
                }
            }
            var isFailing = false
            for await _ in nudges {
                do {
                    try await look()
                    isFailing = false
                } catch {
                    if !isFailing { onFault(error) }
                    isFailing = true
                }
                try? await Task.sleep(for: Self.pause)
            }
            group.cancelAll()
        }
    }

    /// Places what waits, and wakes whom the news concern.
    ///
    /// Who joins reads after joining. So whoever was there before the look began is woken by what it finds, and for
    /// those who came later the next one begins early enough.
    package func look() async throws {
        let start = followers.count > 0 ? known.withLock { $0 } : nil
        var news = try await store.news(after: start, limit: Self.lookMax)
        if news.isWaiting {
            if try await !store.placeWaiting(limit: Self.lookMax) { nudge() }  // Another does, perhaps without ours.
            if followers.count > 0 { news = try await store.news(after: start, limit: Self.lookMax) }
        }
        let isFollowed = followers.count > 0
        known.withLock { $0 = isFollowed ? news.position : nil }
        // The first look does not know since when.
        followers.wake(start == nil ? nil : news.cashiers)
        if let start, news.position >= start + Int64(Self.lookMax) { nudge() }
    }
}
