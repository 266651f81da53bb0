import CashPilot
import Synchronization
import Testing

@Suite("AuditSealer")
struct AuditSealerTests {
    private func makeSealer(on store: ScriptedChainStore) -> AuditSealer {
        AuditSealer(store: store, eventLog: EmptyEventLogStore(), onFailure: { _ in }, onRecovery: {})
    }

    /// What a round over these leaves without a seal.
    private func left(by store: ScriptedChainStore) async throws -> Int {
        let sealer = makeSealer(on: store)
        try await sealer.sealWaiting()
        return sealer.unsealed
    }

    @Test("Businesses are sealed 32 at a time")
    func groups() async throws {
        let store = ScriptedChainStore(Array(repeating: 1, count: 70))
        #expect(try await left(by: store) == 0)
        #expect(
            store.calls == [
                .init(businesses: 32, sealed: 32), .init(businesses: 32, sealed: 32), .init(businesses: 6, sealed: 6),
            ])
    }

    @Test("As long as more events wait than a statement seals, the same businesses are sealed again at once")
    func moreThanOneStatement() async throws {
        let store = ScriptedChainStore([1_200, 1])
        #expect(try await left(by: store) == 0)
        #expect(store.calls.map(\.sealed) == [500, 500, 201])
        let exact = ScriptedChainStore([500])
        #expect(try await left(by: exact) == 0)
        #expect(exact.calls.map(\.sealed) == [500], "it is known that nothing is left")
    }

    @Test("What somebody else is at is left for the next round, and counted as waiting")
    func held() async throws {
        let store = ScriptedChainStore([10, 10, 10], held: 1)
        #expect(try await left(by: store) == 10)
        #expect(store.calls == [.init(businesses: 3, sealed: 20)])
        let busy = ScriptedChainStore([500, 10], held: 1)
        #expect(try await left(by: busy) == 10)
        #expect(busy.calls.map(\.sealed) == [500, 0])
    }

    @Test("A chain that cannot go on holds up no other, and its fault is told once the others are sealed")
    func broken() async throws {
        let store = ScriptedChainStore(Array(repeating: 2, count: 70), broken: [5])
        let sealer = makeSealer(on: store)
        let fault = await #expect(throws: StoreError.self) { try await sealer.sealWaiting() }
        #expect(fault?.isTransient == false)
        #expect(sealer.unsealed == 2)
        #expect(store.calls.map(\.businesses) == [4, 1, 2, 8, 16, 32, 6], "what is halved is sealed in its parts")
    }

    @Test(
        "A round gives up after 32 statements that failed, or the first if the store is away",
        arguments: [(false, 32), (true, 1)])
    func givingUp(isTransient: Bool, failures: Int) async throws {
        let store = ScriptedChainStore(
            Array(repeating: 2, count: 70), broken: Set(0..<70), isTransient: isTransient)
        let sealer = makeSealer(on: store)
        await #expect(throws: StoreError.self) { try await sealer.sealWaiting() }
        #expect(store.failures == failures)
        #expect(sealer.unsealed == 140)
    }

    @Test(
        "A fault is told once, and a recovery only when nothing is left, not while another process is at the chain",
        .timeLimit(.minutes(10)))
    func told() async throws {
        let told = Mutex<[String]>([])
        let store = ScriptedChainStore([3, 3], broken: [1])
        let sealer = AuditSealer(
            store: store, eventLog: EmptyEventLogStore(), onFailure: { _ in told.withLock { $0.append("fault") } },
            onRecovery: { told.withLock { $0.append("recovery") } })
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { await sealer.run() }
            try await store.untilAnotherRound()
            #expect(told.withLock(\.self) == ["fault"])
            store.hold(1)
            try await store.untilAnotherRound()
            #expect(told.withLock(\.self) == ["fault"])
            store.mend()
            try await store.untilAnotherRound()
            #expect(told.withLock(\.self) == ["fault", "recovery"])
            tasks.cancelAll()
        }
    }
}

/// A queue of waiting events, and who asked to seal them.
private final class ScriptedChainStore: AuditChainStore {
    struct Call: Equatable {
        let businesses: Int
        let sealed: Int
    }

    private let queue: Mutex<[(business: BusinessID, waiting: Int)]>
    private let heard = Mutex<[Call]>([])
    private let trouble: Mutex<(held: BusinessID?, broken: Set<BusinessID>)>
    private let isTransient: Bool
    private let counts = Mutex((rounds: 0, failures: 0))

    /// - Parameters:
    ///   - waiting: how many events of each business.
    ///   - held: the place of the one that somebody else is at.
    ///   - broken: the places of those that whoever would seal them gets a fault from.
    ///   - isTransient: whether that fault passes.
    init(_ waiting: [Int], held: Int? = nil, broken: Set<Int> = [], isTransient: Bool = false) {
        queue = Mutex(waiting.enumerated().map { (business: Self.business($0.offset), waiting: $0.element) })
        trouble = Mutex((held.map(Self.business), Set(broken.map(Self.business))))
        self.isTransient = isTransient
    }

    private static func business(_ place: Int) -> BusinessID { BusinessID(high: 1, low: UInt64(place)) }

    var calls: [Call] { heard.withLock { $0 } }

    /// How many statements failed.
    var failures: Int { counts.withLock { $0.failures } }

    /// Has somebody else be at this business, who keeps others from its fault.
    func hold(_ place: Int) { trouble.withLock { $0.held = Self.business(place) } }

    /// Ends all trouble.
    func mend() { trouble.withLock { $0 = (nil, []) } }

    /// Waits until a round that begins after this call has ended: until the round after it begins.
    func untilAnotherRound() async throws {
        let last = counts.withLock { $0.rounds } + 2
        let limit = ContinuousClock.now + .seconds(180)
        while counts.withLock({ $0.rounds < last }) {
            try #require(ContinuousClock.now < limit, "the sealer begins another round")
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    func unsealed(limit: Int) async throws -> [(business: BusinessID, waiting: Int)] {
        counts.withLock { $0.rounds += 1 }
        return queue.withLock { $0.filter { $0.waiting > 0 } }
    }

    func seal(_ businesses: [BusinessID], limit: Int) async throws -> Int {
        let (held, broken) = trouble.withLock(\.self)
        guard businesses.allSatisfy({ $0 == held || !broken.contains($0) }) else {
            counts.withLock { $0.failures += 1 }
            throw StoreError(outcome: .notApplied, description: "23505", isTransient: isTransient)
        }
        var left = limit
        queue.withLock { queue in
            for place in queue.indices where queue[place].business != held {
                guard businesses.contains(queue[place].business) else { continue }
                let taken = min(queue[place].waiting, left)
                queue[place].waiting -= taken
                left -= taken
            }
        }
        heard.withLock { $0.append(Call(businesses: businesses.count, sealed: limit - left)) }
        return limit - left
    }

    func business(after previous: BusinessID?) async throws -> BusinessID? { nil }

    func ends(of business: BusinessID) async throws -> ChainEnds { ChainEnds(head: nil, last: nil, archived: nil) }

    func check(
        after link: ChainLink, upTo end: Int64, of business: BusinessID, limit: Int
    ) async throws -> CheckedStretch {
        CheckedStretch(count: 0, redacted: 0, last: nil, fault: nil)
    }

    func cover(after previous: AuditEventID?, of business: BusinessID, limit: Int) async throws -> CoveredStretch {
        CoveredStretch(count: 0, last: nil, waiting: 0, waitingSeconds: nil, stray: nil)
    }

    func hash(at position: Int64, of business: BusinessID) async throws -> [UInt8]? { nil }
}

/// Nothing waits for its place.
private struct EmptyEventLogStore: EventLogStore {
    func events(after position: Int64?, limit: Int, for caller: Caller) async throws -> EventLogPage? { nil }

    func news(after position: Int64?, limit: Int) async throws -> EventLogNews {
        EventLogNews(position: 0, isWaiting: false, cashiers: [])
    }

    func place(limit: Int) async throws -> Int? { 0 }
}
