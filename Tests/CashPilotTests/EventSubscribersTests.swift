import CashPilot
import Synchronization
import Testing

@Suite("Event subscribers")
struct EventSubscribersTests {
    private static let ana = UserID(high: 1, low: 1)

    private static func join(
        _ subscribers: EventSubscribers, _ user: UserID = ana, cut: @escaping @Sendable () -> Void = {}
    ) -> Result<EventSubscriber, DomainError> {
        Result { () throws(DomainError) in try subscribers.join(Example.caller(user), cut: cut) }
    }

    private static func refusal(_ joined: Result<EventSubscriber, DomainError>) -> String? {
        if case .failure(let refusal) = joined { "\(refusal)" } else { nil }
    }

    @Test("A user has at most eight streams and the process its limit; an ended stream makes room")
    func limits() {
        let subscribers = EventSubscribers(max: 9)
        var own = (0..<EventSubscribers.ofUserMax).map { _ in Self.join(subscribers) }
        #expect(own.allSatisfy { Self.refusal($0) == nil })
        #expect(Self.refusal(Self.join(subscribers)) == "tooManyStreams")
        let other = Self.join(subscribers, UserID(high: 2, low: 2))
        #expect(Self.refusal(other) == nil)
        #expect(subscribers.count == 9)
        #expect(Self.refusal(Self.join(subscribers, UserID(high: 3, low: 3))) == "busy")
        own.removeLast()
        #expect(subscribers.count == 8, "nobody holds it any more")
        withExtendedLifetime((own, other)) { #expect(Self.refusal(Self.join(subscribers)) == nil) }
    }

    @Test("A stream that reads too slowly is closed once; a stream that waits is not")
    func slow() throws {
        let subscribers = EventSubscribers(max: 9)
        let start = ContinuousClock.now
        let cuts = Mutex<[Int]>([])
        let slow = try Self.join(subscribers) { cuts.withLock { $0.append(1) } }.get()
        let waiting = try Self.join(subscribers) { cuts.withLock { $0.append(2) } }.get()
        waiting.rest(as: .cashier, isHungry: false)
        subscribers.tick(at: start + .seconds(7))
        #expect(cuts.withLock { $0 }.isEmpty)
        subscribers.tick(at: .now + .seconds(9))
        subscribers.tick(at: .now + .seconds(10))
        #expect(cuts.withLock { $0 } == [1])
        #expect(subscribers.cut == 1)
        withExtendedLifetime((slow, waiting)) {}
    }

    @Test("At the end all are told, nobody may join, and whoever is slow then is cut off soon")
    func end() async throws {
        let subscribers = EventSubscribers(max: 9)
        let isCut = Atomic(false)
        let subscriber = try Self.join(subscribers) { isCut.store(true, ordering: .relaxed) }.get()
        subscribers.end()
        for await _ in subscriber.wakes {}
        #expect(Self.refusal(Self.join(subscribers)) == "busy")
        subscribers.tick(at: .now + .seconds(2))
        let wasCut = isCut.load(ordering: .relaxed)
        #expect(wasCut)
    }

    @Test("An event wakes the subscribers that it concerns, and administrators always")
    func wakes() async throws {
        let subscribers = EventSubscribers(max: 9)
        let store = CountingEventLogStore()
        let watch = EventLogWatch(store: store, subscribers: subscribers) { _ in }
        let own = WakeCount(try Self.join(subscribers).get())
        let other = WakeCount(try Self.join(subscribers, UserID(high: 2, low: 2)).get())
        let administrator = WakeCount(try Self.join(subscribers, UserID(high: 3, low: 3)).get())
        own.subscriber.rest(as: .cashier, isHungry: false)
        other.subscriber.rest(as: .cashier, isHungry: false)
        administrator.subscriber.rest(as: .admin, isHungry: false)
        try await watch.look()
        for one in [own, other, administrator] { await one.reaches(1, "the first look does not know since when") }
        store.news.withLock { $0 = EventLogNews(position: 8, isWaiting: false, cashiers: [Self.ana]) }
        try await watch.look()
        for one in [own, administrator] { await one.reaches(2) }
        store.news.withLock { $0 = EventLogNews(position: 8, isWaiting: true, cashiers: []) }
        try await watch.look()
        let placed = store.placed.load(ordering: .relaxed)
        #expect(placed == 1, "what waits is placed by who looks")
        #expect(store.asked.withLock { $0 } == [nil, 7, 8, 8])
        await administrator.reaches(3)
        #expect(other.count == 1)
    }

    @Test("A subscriber whose role is still unknown is woken by the events of others, as an administrator would be")
    func wakesBeforeTheFirstRest() async throws {
        let subscribers = EventSubscribers(max: 9)
        let store = CountingEventLogStore()
        let watch = EventLogWatch(store: store, subscribers: subscribers) { _ in }
        let early = WakeCount(try Self.join(subscribers).get())
        try await watch.look()
        await early.reaches(1)
        let joined = WakeCount(try Self.join(subscribers, UserID(high: 2, low: 2)).get())
        store.news.withLock { $0 = EventLogNews(position: 8, isWaiting: false, cashiers: [Self.ana]) }
        try await watch.look()
        await joined.reaches(1)
    }

    @Test("A follower that may have more to read is woken at once, one that rests every 15 seconds")
    func heartbeat() async throws {
        let subscribers = EventSubscribers(max: 9)
        let woken = WakeCount(try Self.join(subscribers).get())
        woken.subscriber.rest(as: .cashier, isHungry: true)
        await woken.reaches(1)
        let start = ContinuousClock.now
        woken.subscriber.rest(as: .cashier, isHungry: false)
        subscribers.tick(at: start + .seconds(14))
        #expect(woken.count == 1)
        subscribers.tick(at: .now + .seconds(15))
        await woken.reaches(2)
        woken.subscriber.retry()
        subscribers.tick(at: .now + .seconds(1))
        await woken.reaches(3, "who could not read tries again soon")
    }
}

/// Counts how often a follower is woken.
private final class WakeCount: Sendable {
    let subscriber: EventSubscriber
    private let counter = Atomic(0)

    init(_ subscriber: EventSubscriber) {
        self.subscriber = subscriber
        let wakes = subscriber.wakes
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

private final class CountingEventLogStore: EventLogStore {
    let news = Mutex(EventLogNews(position: 7, isWaiting: false, cashiers: []))
    let asked = Mutex<[Int64?]>([])
    let placed = Atomic(0)

    func events(after position: Int64?, limit: Int, for caller: Caller) async throws -> EventLogPage? { nil }

    func news(after position: Int64?, limit: Int) async throws -> EventLogNews {
        asked.withLock { $0.append(position) }
        return news.withLock { $0 }
    }

    func place(limit: Int) async throws -> Int? {
        placed.add(1, ordering: .relaxed)
        return 0
    }
}
