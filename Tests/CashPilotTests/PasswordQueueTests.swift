import Synchronization
import Testing

@testable import CashPilot

/// Holds tasks until it is opened.
actor Turnstile {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func pass() async {
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for task in waiting { task.resume() }
        waiting = []
    }

    var count: Int { waiting.count }

    /// Returns when at least `count` tasks wait.
    func untilSomebodyWaits(_ count: Int = 1) async {
        while waiting.count < count { await Task.yield() }
    }
}

private final class Order: Sendable {
    let names = Mutex<[String]>([])
}

/// The requests that run now, the most that ran at once, and the refused ones.
private final class Counts: Sendable {
    let state = Mutex((now: 0, most: 0, refused: 0))
}

@Suite("The line of passwords before their hashes")
struct PasswordQueueTests {
    private static func place(
        _ account: String, at address: String? = nil, _ kind: PasswordQueue.Kind = .login
    ) -> PasswordQueue.Place { .init(kind: kind, account: account, address: address) }

    /// Runs requests that stay until all of them run, wait or are refused. Then runs `body`, and lets them finish.
    ///
    /// - Returns: how many ran and how many were refused.
    private func run(
        _ places: [PasswordQueue.Place], expecting running: Int, waiting: Int,
        _ body: (PasswordQueue) async throws -> Void = { _ in }
    ) async throws -> (done: Int, refused: Int) {
        let (queue, turnstile) = (PasswordQueue(waitMax: .seconds(600)), Turnstile())
        let counts = Counts()
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            for place in places {
                group.addTask {
                    do {
                        try await queue.run(place) { _ in
                            counts.state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1), $0.refused) }
                            await turnstile.pass()
                            counts.state.withLock { $0.now -= 1 }
                        }
                        return true
                    } catch is TooManyLogins {
                        counts.state.withLock { $0.refused += 1 }
                        return false
                    }
                }
            }
            await turnstile.untilSomebodyWaits(running)
            // On a busy machine, the last requests arrive long after the first ones.
            while queue.waitingCount + counts.state.withLock({ $0.refused }) < places.count - running {
                await Task.yield()
            }
            #expect(queue.waitingCount == waiting)
            #expect(counts.state.withLock { $0.most } == running)
            try await body(queue)
            await turnstile.open()
            var (done, refused) = (0, 0)
            for try await isDone in group { if isDone { done += 1 } else { refused += 1 } }
            return (done, refused)
        }
    }

    @Test("Twelve concurrent logins of one account all run, one after the other")
    func account() async throws {
        let result = try await run(Array(repeating: Self.place("ana"), count: 12), expecting: 1, waiting: 11)
        #expect(result.done == 12)
    }

    @Test("Ten accounts behind one address all run, two at a time")
    func address() async throws {
        let places = (0..<10).map { Self.place("\($0)", at: "192.0.2.1") }
        let result = try await run(places, expecting: 2, waiting: 8)
        #expect(result.done == 10)
    }

    @Test("Beyond 16 waiting requests of an account, and 32 of an address, requests are refused")
    func limits() async throws {
        let account = try await run(Array(repeating: Self.place("ana"), count: 40), expecting: 1, waiting: 16)
        #expect(account == (17, 23))
        let places = (0..<40).map { Self.place("\($0)", at: "192.0.2.1") }
        let address = try await run(places, expecting: 2, waiting: 32)
        #expect(address == (34, 6))
    }

    @Test("A flood from many addresses and one of changes leave places for logins from known addresses")
    func kinds() async throws {
        let logins = (0..<100).map { Self.place("\($0)", at: "198.51.100.\($0)") }
        let changes = (0..<100).map { Self.place("user/\($0)", .change) }
        let result = try await run(logins + changes, expecting: 4, waiting: 128) { queue in
            let isRun = try await queue.run(Self.place("ana", at: "192.0.2.1", .knownLogin)) { !$0 }
            #expect(isRun, "it runs at once")
        }
        #expect(result == (132, 68))
    }

    @Test("A login from a known address overtakes the waiting logins and changes of its account")
    func overtakes() async throws {
        let (queue, turnstile) = (PasswordQueue(waitMax: .seconds(600)), Turnstile())
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await queue.run(Self.place("ana")) { _ in await turnstile.pass() } }
            await turnstile.untilSomebodyWaits()
            for (count, kind) in [PasswordQueue.Kind.change, .login, .knownLogin].enumerated() {
                group.addTask {
                    try await queue.run(Self.place("ana", kind)) { _ in order.names.withLock { $0.append("\(kind)") } }
                }
                while queue.waitingCount <= count { await Task.yield() }
            }
            await turnstile.open()
            try await group.waitForAll()
        }
        #expect(order.names.withLock { $0 } == ["knownLogin", "login", "change"])
    }

    @Test("A request that waited too long is refused, and an error of a request frees its place")
    func tooLate() async throws {
        let (queue, turnstile) = (PasswordQueue(waitMax: .zero), Turnstile())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: MoneyError.self) {
                    try await queue.run(Self.place("ana")) { _ in
                        await turnstile.pass()
                        throw MoneyError.overflow
                    }
                }
            }
            await turnstile.untilSomebodyWaits()
            group.addTask {
                await #expect(throws: TooManyLogins.self) { try await queue.run(Self.place("ana")) { _ in } }
            }
            while queue.waitingCount == 0 { await Task.yield() }
            await turnstile.open()
            try await group.waitForAll()
        }
        #expect(try await queue.run(Self.place("ana")) { !$0 })
    }
}
