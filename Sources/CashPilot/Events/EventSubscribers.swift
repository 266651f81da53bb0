import Synchronization

/// The event-log subscribers of this process. A wake means that new events may exist; each subscriber reads them
/// itself.
///
/// A subscriber is one small entry: user, bearer, role, deadlines and a wake-up flag. No events are buffered, so a slow
/// client costs no memory. The number of subscribers and the time to send one page are limited.
package final class EventSubscribers: Sendable {
    /// The maximum number of streams per user.
    package static let ofUserMax = 8
    /// An idle subscriber is woken every 15 s.
    ///
    /// It then checks that it may still read, and sends a keep-alive to its client.
    package static let heartbeat: Duration = .seconds(15)
    /// The delay before a subscriber whose read failed is woken again: 1 s.
    static let retry: Duration = .seconds(1)
    /// The time a client has to receive what was sent: 8 s. Then the server cuts the connection, and the client resumes
    /// from its position.
    static let patience: Duration = .seconds(8)
    /// The same limit while the process shuts down: 1 s.
    static let lastPatience: Duration = .seconds(1)

    fileprivate struct Entry {
        let user: UserID
        let bearer: BearerHash
        let wakes: AsyncStream<Void>.Continuation
        let cut: @Sendable () -> Void
        /// True if every event concerns the subscriber.
        var isAdministrator = true
        /// The time of the next wake if nothing happens.
        var due: ContinuousClock.Instant
        /// The start of the current read and send; `nil` while the subscriber waits.
        var busySince: ContinuousClock.Instant?
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var next = 0
        var cut = 0
        var isEnding = false
    }

    private let max: Int
    private let state = Mutex(State())

    /// - Parameter max: the maximum number of subscribers in this process.
    package init(max: Int) { self.max = max }

    package var count: Int { state.withLock { $0.entries.count } }
    /// The number of connections cut because the client was too slow.
    package var cut: Int { state.withLock { $0.cut } }

    /// The bearers of the subscribers.
    var bearers: Set<BearerHash> { state.withLock { Set($0.entries.values.map(\.bearer)) } }

    /// Adds a subscriber. The caller must read the first page next.
    ///
    /// The subscriber's role is unknown until ``EventSubscriber/rest(as:isHungry:)``. Until then every event wakes it.
    ///
    /// - Parameter cut: closes the connection at once.
    /// - Throws: ``DomainError/tooManyStreams`` if the user has too many streams; ``DomainError/busy`` if the process
    ///   has too many or is shutting down.
    package func join(_ caller: Caller, cut: @escaping @Sendable () -> Void) throws(DomainError) -> EventSubscriber {
        let (wakes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let now = ContinuousClock.now
        let joined: Result<Int, DomainError> = state.withLock { state in
            guard !state.isEnding, state.entries.count < max else { return .failure(.busy) }
            let own = state.entries.values.count { $0.user == caller.id }
            guard own < Self.ofUserMax else { return .failure(.tooManyStreams) }
            let place = state.next
            state.next += 1
            state.entries[place] = Entry(
                user: caller.id, bearer: caller.bearer, wakes: continuation, cut: cut, due: now + Self.heartbeat,
                busySince: now)
            return .success(place)
        }
        return EventSubscriber(place: try joined.get(), wakes: wakes, subscribers: self)
    }

    /// Wakes the administrators and the subscribers in `cashiers`; `nil` wakes every subscriber.
    func wake(_ cashiers: Set<UserID>?) {
        state.withLock { state in
            for entry in state.entries.values
            where cashiers.map({ entry.isAdministrator || $0.contains(entry.user) }) ?? true { entry.wakes.yield() }
        }
    }

    /// Wakes the subscribers that are due and cuts the connections that are too slow.
    package func tick(at now: ContinuousClock.Instant = .now) {
        let slow = state.withLock { state in
            let patience = state.isEnding ? Self.lastPatience : Self.patience
            var slow: [@Sendable () -> Void] = []
            for (place, entry) in state.entries {
                if let since = entry.busySince {
                    guard since + patience <= now else { continue }
                    slow.append(entry.cut)
                    state.entries[place]?.busySince = nil  // Each connection is cut once.
                } else if entry.due <= now {
                    entry.wakes.yield()
                    state.entries[place]?.due = now + Self.heartbeat
                }
            }
            state.cut += slow.count
            return slow
        }
        for cut in slow { cut() }
    }

    /// Ends every stream after its current send and rejects new subscribers.
    package func end() {
        state.withLock { state in
            state.isEnding = true
            for entry in state.entries.values { entry.wakes.finish() }
        }
    }

    /// Ends the streams of these bearers after their current send.
    func end(_ bearers: Set<BearerHash>) {
        state.withLock { state in
            for entry in state.entries.values where bearers.contains(entry.bearer) { entry.wakes.finish() }
        }
    }

    fileprivate func change(_ place: Int, _ change: (inout Entry) -> Void) {
        state.withLock { state in
            if var entry = state.entries[place] {
                change(&entry)
                state.entries[place] = entry
            }
        }
    }

    fileprivate func leave(_ place: Int) { state.withLock { _ = $0.entries.removeValue(forKey: place) } }
}

/// One subscriber of the event log. It leaves when its last reference is released.
package final class EventSubscriber: Sendable {
    /// Yields when new events may exist. Finishes when the process shuts down or the client disconnects.
    package let wakes: AsyncStream<Void>
    private let place: Int
    private let subscribers: EventSubscribers

    fileprivate init(place: Int, wakes: AsyncStream<Void>, subscribers: EventSubscribers) {
        self.place = place
        self.wakes = wakes
        self.subscribers = subscribers
    }

    deinit { subscribers.leave(place) }

    /// Marks the subscriber as busy: it was woken and is reading and sending.
    package func begin() { subscribers.change(place) { $0.busySince = .now } }

    /// Marks the subscriber as idle after it sent a page as `role`.
    ///
    /// - Parameter isHungry: whether more events may already exist.
    package func rest(as role: Role, isHungry: Bool) {
        subscribers.change(place) {
            $0.isAdministrator = role == .admin
            $0.busySince = nil
            $0.due = .now + EventSubscribers.heartbeat
            if isHungry { $0.wakes.yield() }
        }
    }

    /// Schedules another wake in 1 s, because the read failed.
    package func retry() {
        subscribers.change(place) {
            $0.busySince = nil
            $0.due = .now + EventSubscribers.retry
        }
    }

    /// Ends the stream: the client disconnected.
    package func end() { subscribers.change(place) { $0.wakes.finish() } }
}
