import Synchronization

/// Reads the event log once for all subscribers of this process and wakes the affected ones.
///
/// It reads after a ``wake()``; wakes that arrive during a read, or within 100 ms after it, cause one more read. While
/// the process has subscribers, it also reads every ``interval``, because a wake can be lost. It assigns positions to
/// new events itself, so it does not depend on another process.
package final class EventLogWatch: Sendable {
    /// The time between two reads without a wake.
    static let interval: Duration = .milliseconds(500)
    /// The minimum time between two reads, however many wakes arrive.
    static let pause: Duration = .milliseconds(100)
    /// The maximum number of events per read. If more exist, another read follows.
    static let readMax = 1_000

    private let store: any EventLogStore
    private let subscribers: EventSubscribers
    private let onFailure: @Sendable (any Error) -> Void
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation
    /// The last position announced to subscribers; `nil` while the process has none.
    private let known = Mutex<Int64?>(nil)

    /// - Parameter onFailure: called when a read fails, once until a read succeeds again.
    package init(
        store: any EventLogStore, subscribers: EventSubscribers, onFailure: @escaping @Sendable (any Error) -> Void
    ) {
        self.store = store
        self.subscribers = subscribers
        self.onFailure = onFailure
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Requests a read. Returns at once.
    package func wake() { waker.yield() }

    /// Reads until the task is cancelled.
    ///
    /// - Parameter onFollowed: called every ``interval`` while the process has subscribers; must return at once.
    package func run(onFollowed: @escaping @Sendable () -> Void = {}) async {
        await withTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.interval)
                    self.subscribers.tick()
                    guard self.subscribers.count > 0 else { continue }
                    onFollowed()
                    self.wake()
                }
            }
            var isFailing = false
            for await _ in wakes {
                do {
                    try await look()
                    isFailing = false
                } catch {
                    if !isFailing { onFailure(error) }
                    isFailing = true
                }
                try? await Task.sleep(for: Self.pause)
            }
            group.cancelAll()
        }
    }

    /// Assigns positions to new events and wakes the affected subscribers.
    ///
    /// A subscriber reads after it joins. One that joined before this read began is woken by this read. One that joined
    /// later is woken by the next read.
    package func look() async throws {
        let start = subscribers.count > 0 ? known.withLock { $0 } : nil
        var news = try await store.news(after: start, limit: Self.readMax)
        if news.isWaiting {
            if try await !store.placeWaiting(limit: Self.readMax) {
                wake()  // Another process is assigning positions. It may have missed our events, so read again.
            }
            if subscribers.count > 0 { news = try await store.news(after: start, limit: Self.readMax) }
        }
        let isFollowed = subscribers.count > 0
        known.withLock { $0 = isFollowed ? news.position : nil }
        // The first read has no start position, so it wakes every subscriber.
        subscribers.wake(start == nil ? nil : news.cashiers)
        if let start, news.position >= start + Int64(Self.readMax) { wake() }
    }
}
