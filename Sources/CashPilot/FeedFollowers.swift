import Synchronization

/// Those who follow the feed by this process: each is woken when there may be something to read, and reads for itself.
///
/// Nothing is kept for a follower but that it is to be woken, so one that is slow costs no memory. There are limits to
/// how many they are, and to how long one may take for what it read.
package final class FeedFollowers: Sendable {
    /// How many may follow for one user.
    package static let ofUserMax = 8
    /// A follower is woken so often if nothing happens: it reads whether it may still do so, and tells its client that
    /// the connection lives.
    package static let heartbeat: Duration = .seconds(15)
    /// A follower that could not read is woken again after so long.
    static let retry: Duration = .seconds(1)
    /// How long a client may take for what it is sent; then it is cut off, and goes on where it was when it comes back.
    static let patience: Duration = .seconds(8)
    /// The same when the process ends.
    static let lastPatience: Duration = .seconds(1)

    fileprivate struct Entry {
        let user: UserID
        let wakes: AsyncStream<Void>.Continuation
        let cut: @Sendable () -> Void
        /// Whether all events concern them.
        var isAdministrator = false
        /// When to wake it if nothing happens.
        var due: ContinuousClock.Instant
        /// Since when it reads and sends.
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

    /// - Parameter max: how many may follow.
    package init(max: Int) { self.max = max }

    /// How many there are.
    package var count: Int { state.withLock { $0.entries.count } }
    /// How many were cut off because they were too slow.
    package var cut: Int { state.withLock { $0.cut } }

    /// Adds a follower, who reads next: what comes from now on wakes it.
    ///
    /// - Parameter cut: ends the connection at once.
    /// - Throws: ``Refusal/tooManyStreams`` if the user has too many; ``Refusal/busy`` if the process has, or ends.
    package func join(_ user: UserID, cut: @escaping @Sendable () -> Void) throws(Refusal) -> FeedFollower {
        let (wakes, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let now = ContinuousClock.now
        let joined: Result<Int, Refusal> = state.withLock { state in
            guard !state.isEnding, state.entries.count < max else { return .failure(.busy) }
            let own = state.entries.values.count { $0.user == user }
            guard own < Self.ofUserMax else { return .failure(.tooManyStreams) }
            let place = state.next
            state.next += 1
            state.entries[place] = Entry(
                user: user, wakes: continuation, cut: cut, due: now + Self.heartbeat, busySince: now)
            return .success(place)
        }
        return FeedFollower(place: try joined.get(), wakes: wakes, followers: self)
    }

    /// Wakes those whom news concern; all, if `cashiers` is `nil`.
    func wake(_ cashiers: Set<UserID>?) {
        state.withLock { state in
            for entry in state.entries.values
            where cashiers.map({ entry.isAdministrator || $0.contains(entry.user) }) ?? true { entry.wakes.yield() }
        }
    }

    /// Wakes those whose time has come, and cuts off those who take too long.
    package func tick(at now: ContinuousClock.Instant = .now) {
        let slow = state.withLock { state in
            let patience = state.isEnding ? Self.lastPatience : Self.patience
            var slow: [@Sendable () -> Void] = []
            for (place, entry) in state.entries {
                if let since = entry.busySince {
                    guard since + patience <= now else { continue }
                    slow.append(entry.cut)
                    state.entries[place]?.busySince = nil  // So that it is cut once.
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

    /// Ends all of them when they have sent what they are sending, and lets nobody join any more.
    package func end() {
        state.withLock { state in
            state.isEnding = true
            for entry in state.entries.values { entry.wakes.finish() }
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

/// One who follows the feed; it leaves when nobody holds it any more.
package final class FeedFollower: Sendable {
    /// An element each time that there may be something to read. Ends when the process does, or the client.
    package let wakes: AsyncStream<Void>
    private let place: Int
    private let followers: FeedFollowers

    fileprivate init(place: Int, wakes: AsyncStream<Void>, followers: FeedFollowers) {
        self.place = place
        self.wakes = wakes
        self.followers = followers
    }

    deinit { followers.leave(place) }

    /// It was woken, and reads and sends from now on.
    package func begin() { followers.change(place) { $0.busySince = .now } }

    /// It has sent what it read, as who has `role`, and waits.
    ///
    /// - Parameter isHungry: whether there may be more to read already.
    package func rest(as role: Role, isHungry: Bool) {
        followers.change(place) {
            $0.isAdministrator = role == .admin
            $0.busySince = nil
            $0.due = .now + FeedFollowers.heartbeat
            if isHungry { $0.wakes.yield() }
        }
    }

    /// It could not read, and will try again soon.
    package func retry() {
        followers.change(place) {
            $0.busySince = nil
            $0.due = .now + FeedFollowers.retry
        }
    }

    /// Its client has gone.
    package func end() { followers.change(place) { $0.wakes.finish() } }
}
