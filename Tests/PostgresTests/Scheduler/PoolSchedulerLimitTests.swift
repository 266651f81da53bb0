import Testing

@testable import Postgres

@Suite("The pool's scheduler: limits and closing")
struct PoolSchedulerLimitTests {
    // MARK: Queue limits

    @Test("A full queue rejects the next request of its kind at once, and accepts every other kind")
    func fullQueue() {
        let pool = FakePool { $0.queueMax = 2 }
        pool.submit("r1", "r2", "r3", as: .read)
        pool.submit("w1", "w2", "w3", as: .write(conflictKey: nil))
        pool.submit("l1", "l2", "l3", as: .list)
        pool.submit("a1", "a2", as: .read, isAnonymous: true)
        for name in ["r3", "w3", "l3", "a2"] {
            #expect(pool.failure(name)?.reason == .queueFull)
            #expect(pool.failure(name)?.outcome == .notApplied)
        }
        #expect(pool.completions.count == 4)
        #expect(pool.send() == ["0: a1", "0: r1 r2", "1: l1 l2", "2: w1", "3: w2"])
        pool.submit("next", as: .read)
        #expect(pool.failure("next") == nil)
    }

    @Test("A flood of anonymous reads has one group in flight, and other reads continue")
    func anonymousReads() {
        let pool = FakePool()
        for place in 0..<300 { pool.submit("a\(place)", as: .read, statement: "a", isAnonymous: true) }
        #expect(pool.completions.count == 300 - 256)
        #expect(pool.failure("a299")?.reason == .queueFull)
        pool.submit("r", as: .read)
        let sent = pool.send()
        #expect(sent.count == 2)
        #expect(sent.first?.hasPrefix("0: a0 a1 ") == true)
        #expect(sent.last == "0: r")
        #expect(pool.gauges.waiting == 256 - 32)
        pool.respond(on: 0)
        #expect(pool.send().first?.hasPrefix("0: a32 ") == true)
    }

    @Test("A flood of anonymous writes uses two connections and its own places, and other writes continue")
    func anonymousWrites() {
        let pool = FakePool { configuration in
            configuration.writeConnections = 4
            configuration.queueMax = 8
        }
        pool.submit("a1", "a2", "a3", "a4", "a5", as: .write(conflictKey: nil), isAnonymous: true)
        #expect(pool.failure("a5")?.reason == .queueFull)
        pool.submit("w1", "w2", "w3", as: .write(conflictKey: nil))
        #expect(pool.send() == ["2: a1", "3: a2", "4: w1", "5: w2"])
        pool.respond(on: 2)
        #expect(pool.send() == ["2: w3"])
        pool.respond(on: 3)
        #expect(pool.send() == ["3: a3"])
        #expect(pool.completions.count == 3)
    }

    @Test("One conflict key may park 32 writes, and other keys are accepted")
    func oneConflictKey() {
        let pool = FakePool()
        pool.submit("admitted", as: .write(conflictKey: 1))
        for place in 1...33 { pool.submit("\(place)", as: .write(conflictKey: 1)) }
        #expect(pool.failure("32") == nil)
        #expect(pool.failure("33")?.reason == .queueFull)
        #expect(pool.failure("33")?.outcome == .notApplied)
        #expect(pool.gauges.waiting == 33)
        pool.submit("other", as: .write(conflictKey: 2))
        #expect(pool.completions.count == 1)
        #expect(pool.send() == ["4: admitted other"])
    }

    // MARK: Time limits

    @Test("A request that gets no connection within the pool wait fails without effect")
    func poolWait() {
        let pool = FakePool(isConnected: false)
        pool.submit("r", as: .read)
        pool.submit("w", as: .write(conflictKey: 1))
        pool.advance(by: .milliseconds(980))
        #expect(pool.completions.isEmpty)
        pool.advance(by: .milliseconds(20))
        for name in ["r", "w"] {
            #expect(pool.failure(name)?.reason == .poolTimeout)
            #expect(pool.failure(name)?.outcome == .notApplied)
        }
        #expect(pool.gauges.waiting == 0)
    }

    @Test("A request deadline that passes while a request waits fails it without effect")
    func deadlineWhileWaiting() {
        let pool = FakePool(isConnected: false)
        pool.submit("w", as: .write(conflictKey: nil), within: .milliseconds(100))
        pool.advance(by: .milliseconds(100))
        #expect(pool.failure("w")?.reason == .deadline)
        #expect(pool.failure("w")?.outcome == .notApplied)
    }

    @Test("A request that arrives after its request deadline is rejected")
    func deadlineBeforeArrival() {
        let pool = FakePool()
        pool.submit("r", as: .read, within: .zero)
        #expect(pool.failure("r")?.reason == .deadline)
        #expect(pool.send() == [])
    }

    @Test("A sent read that exceeds its request deadline fails, and the other reads of its group continue")
    func deadlineOfSentRead() {
        let pool = FakePool()
        pool.submit("a", as: .read, within: .milliseconds(100))
        pool.submit("b", as: .read)
        #expect(pool.send() == ["0: a b"])
        pool.advance(by: .milliseconds(100))
        #expect(pool.failure("a")?.reason == .deadline)
        #expect(pool.failure("a")?.outcome == .notApplied)
        #expect(pool.gauges.connectionsLost == 0)
        pool.respond(on: 0)
        #expect(pool.succeeded("b"))
        #expect(pool.failure("a")?.reason == .deadline)
    }

    @Test("A write of a group commit that exceeds its request deadline is unknown, and its conflict key stays in use")
    func deadlineOfGroupedWrite() {
        let pool = FakePool()
        pool.submit("w1", as: .write(conflictKey: 1), within: .milliseconds(100))
        pool.submit("w2", as: .write(conflictKey: 2))
        #expect(pool.send() == ["4: w1 w2"])
        pool.advance(by: .milliseconds(100))
        #expect(pool.failure("w1")?.reason == .deadline)
        #expect(pool.failure("w1")?.outcome == .unknown)
        pool.submit("next", as: .write(conflictKey: 1))
        pool.submit("other", as: .write(conflictKey: 3))
        pool.respond(on: 4)
        #expect(pool.succeeded("w2"))
        #expect(pool.send() == ["4: next other"])
    }

    @Test("An exclusive write that exceeds its request deadline is unknown, and its connection is closed")
    func deadlineOfExclusiveWrite() {
        let pool = FakePool()
        pool.submit("w", as: .write(conflictKey: nil), within: .milliseconds(100))
        #expect(pool.send() == ["2: w"])
        pool.advance(by: .milliseconds(100))
        #expect(pool.failure("w")?.reason == .deadline)
        #expect(pool.failure("w")?.outcome == .unknown)
        #expect(pool.closed == [2])
        #expect(pool.events == [.connectionLost(.deadline, inFlight: 1)])
    }

    @Test("A connection that returns nothing is closed 1 s after the statement timeout, and its reads are retried")
    func silentConnection() {
        let pool = FakePool { $0.statementTimeout = .seconds(3) }
        pool.submit("r", as: .read)
        #expect(pool.send() == ["0: r"])
        pool.advance(by: .milliseconds(3_980))
        #expect(pool.closed == [])
        pool.advance(by: .milliseconds(20))
        #expect(pool.closed == [0])
        #expect(pool.completions.isEmpty)
        #expect(pool.gauges.resent == 1)
    }

    @Test("An idle pool needs no tick, and a request in flight needs one within 20 ms")
    func wakeUp() {
        let pool = FakePool()
        #expect(pool.scheduler.nextWakeUp == nil)
        pool.advance(by: .milliseconds(20))
        pool.submit("r", as: .read)
        #expect(pool.scheduler.nextWakeUp == pool.scheduler.now + .milliseconds(20))
        #expect(pool.send() == ["0: r"])
        pool.respond(on: 0)
        #expect(pool.scheduler.nextWakeUp == nil)
    }

    // MARK: Closing

    @Test("A draining pool rejects new requests, and closes after the last accepted one")
    func drain() {
        let pool = FakePool()
        pool.submit("w", as: .write(conflictKey: nil))
        #expect(pool.send() == ["2: w"])
        pool.drain(within: .seconds(30))
        pool.submit("late", as: .read)
        #expect(pool.failure("late")?.reason == .closing)
        #expect(pool.failure("late")?.outcome == .notApplied)
        pool.advance(by: .milliseconds(20))
        #expect(!pool.isFinished)
        pool.respond(on: 2)
        pool.advance(by: .milliseconds(20))
        #expect(pool.isFinished)
        #expect(pool.succeeded("w"))
        #expect(pool.closed == [0, 1, 2, 3, 4])
        #expect(pool.events == [])
        #expect(pool.scheduler.nextWakeUp == nil)
    }

    @Test("A draining pool waits until a transaction has committed")
    func drainTransaction() {
        let pool = FakePool()
        pool.submit("begin", as: .begin(.first))
        #expect(pool.send() == ["2: begin"])
        pool.respond(on: 2, isInTransaction: true)
        pool.drain(within: .seconds(30))
        pool.advance(by: .milliseconds(20))
        #expect(!pool.isFinished)
        #expect(pool.submit("commit", as: .end(.first, commit: true)) == ["2: commit"])
        pool.respond(on: 2)
        pool.advance(by: .milliseconds(20))
        #expect(pool.succeeded("commit"))
        #expect(pool.isFinished)
    }

    @Test("At the limit of a drain every request fails, and a sent write has an unknown outcome")
    func drainLimit() {
        let pool = FakePool { $0.writeConnections = 1 }
        pool.submit("sent", "waiting", as: .write(conflictKey: nil))
        pool.submit("r", as: .read)
        #expect(pool.send() == ["0: r", "2: sent"])
        pool.drain(within: .milliseconds(40))
        pool.advance(by: .milliseconds(40))
        #expect(pool.isFinished)
        for name in ["sent", "waiting", "r"] { #expect(pool.failure(name)?.reason == .closing) }
        #expect(pool.failure("sent")?.outcome == .unknown)
        #expect(pool.failure("waiting")?.outcome == .notApplied)
        #expect(pool.failure("r")?.outcome == .notApplied)
        #expect(pool.gauges.unknownOutcomes == 1)
        #expect(pool.gauges.connectionsReady == 0)
    }
}
