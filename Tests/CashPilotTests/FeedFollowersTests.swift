import CashPilot
import Synchronization
import Testing

@Suite("Those who follow the feed")
struct FeedFollowersTests {
    private static let ana = UserID(high: 1, low: 1)

    private static func join(
        _ followers: FeedFollowers, _ user: UserID = ana, cut: @escaping @Sendable () -> Void = {}
    ) -> Result<FeedFollower, Refusal> {
        Result { () throws(Refusal) in try followers.join(user, cut: cut) }
    }

    private static func refusal(_ joined: Result<FeedFollower, Refusal>) -> String? {
        if case .failure(let refusal) = joined { "\(refusal)" } else { nil }
    }

    @Test("One user has eight streams and no ninth; the process has as many as it may; who leaves makes room")
    func limits() {
        let followers = FeedFollowers(max: 9)
        var own = (0..<FeedFollowers.ofUserMax).map { _ in Self.join(followers) }
        #expect(own.allSatisfy { Self.refusal($0) == nil })
        #expect(Self.refusal(Self.join(followers)) == "tooManyStreams")
        let other = Self.join(followers, UserID(high: 2, low: 2))
        #expect(Self.refusal(other) == nil)
        #expect(followers.count == 9)
        #expect(Self.refusal(Self.join(followers, UserID(high: 3, low: 3))) == "busy")
        own.removeLast()
        #expect(followers.count == 8, "nobody holds it any more")
        withExtendedLifetime((own, other)) { #expect(Self.refusal(Self.join(followers)) == nil) }
    }

    @Test("Who takes too long for what was read is cut off, once; who waits is not")
    func slow() throws {
        let followers = FeedFollowers(max: 9)
        let start = ContinuousClock.now
        let cuts = Mutex<[Int]>([])
        let slow = try Self.join(followers) { cuts.withLock { $0.append(1) } }.get()
        let waiting = try Self.join(followers) { cuts.withLock { $0.append(2) } }.get()
        waiting.rest(as: .cashier, isHungry: false)
        followers.tick(at: start + .seconds(7))
        #expect(cuts.withLock { $0 }.isEmpty)
        followers.tick(at: .now + .seconds(9))
        followers.tick(at: .now + .seconds(10))
        #expect(cuts.withLock { $0 } == [1])
        #expect(followers.cut == 1)
        withExtendedLifetime((slow, waiting)) {}
    }

    @Test("At the end all are told, nobody may join, and whoever is slow then is cut off soon")
    func end() async throws {
        let followers = FeedFollowers(max: 9)
        let isCut = Atomic(false)
        let follower = try Self.join(followers) { isCut.store(true, ordering: .relaxed) }.get()
        followers.end()
        for await _ in follower.wakes {}
        #expect(Self.refusal(Self.join(followers)) == "busy")
        followers.tick(at: .now + .seconds(2))
        let wasCut = isCut.load(ordering: .relaxed)
        #expect(wasCut)
    }

    @Test("News wake those whom they concern, and administrators always")
    func wakes() async throws {
        let followers = FeedFollowers(max: 9)
        let store = CountingFeedStore()
        let watch = FeedWatch(store: store, followers: followers) { _ in }
        let own = WakeCount(try Self.join(followers).get())
        let other = WakeCount(try Self.join(followers, UserID(high: 2, low: 2)).get())
        let administrator = WakeCount(try Self.join(followers, UserID(high: 3, low: 3)).get())
        own.follower.rest(as: .cashier, isHungry: false)
        other.follower.rest(as: .cashier, isHungry: false)
        administrator.follower.rest(as: .admin, isHungry: false)
        try await watch.look()
        for one in [own, other, administrator] { await one.reaches(1, "the first look does not know since when") }
        store.news.withLock { $0 = FeedNews(position: 8, isWaiting: false, cashiers: [Self.ana]) }
        try await watch.look()
        for one in [own, administrator] { await one.reaches(2) }
        store.news.withLock { $0 = FeedNews(position: 8, isWaiting: true, cashiers: []) }
        try await watch.look()
        let placed = store.placed.load(ordering: .relaxed)
        #expect(placed == 1, "what waits is placed by who looks")
        #expect(store.asked.withLock { $0 } == [nil, 7, 8, 8])
        await administrator.reaches(3)
        #expect(other.count == 1)
    }

    @Test("A follower that may have more to read is woken at once, one that rests every 15 seconds")
    func heartbeat() async throws {
        let followers = FeedFollowers(max: 9)
        let woken = WakeCount(try Self.join(followers).get())
        woken.follower.rest(as: .cashier, isHungry: true)
        await woken.reaches(1)
        let start = ContinuousClock.now
        woken.follower.rest(as: .cashier, isHungry: false)
        followers.tick(at: start + .seconds(14))
        #expect(woken.count == 1)
        followers.tick(at: .now + .seconds(15))
        await woken.reaches(2)
        woken.follower.retry()
        followers.tick(at: .now + .seconds(1))
        await woken.reaches(3, "who could not read tries again soon")
    }
}

/// Counts how often a follower is woken.
private final class WakeCount: Sendable {
    let follower: FeedFollower
    private let counter = Atomic(0)

    init(_ follower: FeedFollower) {
        self.follower = follower
        let wakes = follower.wakes
        Task { [weak self] in
            for await _ in wakes { self?.counter.add(1, ordering: .relaxed) }
        }
    }

    var count: Int { counter.load(ordering: .relaxed) }

    func reaches(_ wanted: Int, _ comment: Comment? = nil) async {
        let limit = ContinuousClock.now + .seconds(60)
        while count < wanted, .now < limit { try? await Task.sleep(for: .milliseconds(5)) }
        #expect(count == wanted, comment)
    }
}

private final class CountingFeedStore: FeedStore {
    let news = Mutex(FeedNews(position: 7, isWaiting: false, cashiers: []))
    let asked = Mutex<[Int64?]>([])
    let placed = Atomic(0)

    func events(after position: Int64?, limit: Int, for caller: UserID) async throws -> FeedPage? { nil }

    func news(after position: Int64?, limit: Int) async throws -> FeedNews {
        asked.withLock { $0.append(position) }
        return news.withLock { $0 }
    }

    func place(limit: Int) async throws -> Int? {
        placed.add(1, ordering: .relaxed)
        return 0
    }
}
