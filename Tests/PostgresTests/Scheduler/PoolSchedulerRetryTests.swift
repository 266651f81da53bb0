import Testing

@testable import Postgres

@Suite("The pool's scheduler: failures and retries")
struct PoolSchedulerRetryTests {
    // MARK: Lost connections

    @Test("A read is retried at most twice after its connection was lost")
    func lostRead() {
        let pool = FakePool()
        pool.submit("r", as: .read)
        for _ in 1...2 {
            #expect(pool.send() == ["0: r"])
            pool.replace(0)
            #expect(pool.completions.isEmpty)
        }
        #expect(pool.send() == ["0: r"])
        pool.lose(0)
        #expect(pool.failure("r")?.reason == .connectionLost)
        #expect(pool.failure("r")?.outcome == .notApplied)
        #expect(pool.gauges.resent == 2)
        #expect(pool.gauges.connectionsLost == 3)
    }

    @Test("Retried reads are sent before new reads, each in its own group")
    func retriedReads() {
        let pool = FakePool()
        pool.submit("a", "b", as: .read)
        #expect(pool.send() == ["0: a b"])
        pool.replace(0)
        pool.submit("c", as: .read)
        #expect(pool.send() == ["0: b", "0: a", "0: c"])
    }

    @Test("A write that was sent on a lost connection has an unknown outcome and is not retried")
    func lostWrite() {
        let pool = FakePool()
        pool.submit("w", as: .write(conflictKey: nil))
        #expect(pool.send() == ["2: w"])
        pool.lose(2)
        #expect(pool.failure("w")?.outcome == .unknown)
        #expect(pool.failure("w")?.reason == .connectionLost)
        #expect(pool.gauges.unknownOutcomes == 1)
        #expect(pool.gauges.resent == 0)
        #expect(pool.events == [.connectionLost(.connectionLost, inFlight: 1)])
    }

    @Test("A write that the server rejected before its connection was lost keeps the server's error")
    func rejectedThenLost() {
        let pool = FakePool()
        pool.submit("w", as: .write(conflictKey: nil))
        #expect(pool.send() == ["2: w"])
        pool.respondWithoutSync(on: 2, failing: ["w": .server("23505")])
        pool.lose(2)
        #expect(pool.failure("w")?.sqlState == "23505")
        #expect(pool.failure("w")?.outcome == .notApplied)
    }

    @Test("A write whose connection the server ended has an unknown outcome with the server's SQLSTATE")
    func endedBackend() {
        let pool = FakePool()
        pool.submit("w", as: .write(conflictKey: nil))
        #expect(pool.send() == ["2: w"])
        let ended = DatabaseError(
            statement: "w", sqlState: "57P01", severity: "FATAL", outcome: .unknown, reason: .connectionLost)
        pool.respondWithoutSync(on: 2, failing: ["w": ended])
        pool.lose(2)
        #expect(pool.failure("w") == ended)
    }

    @Test("A write that libpq did not accept is retried on another connection")
    func unsentWrite() {
        let pool = FakePool()
        pool.submit("w", as: .write(conflictKey: nil))
        pool.rejectNextGroup()
        #expect(pool.closed == [2])
        #expect(pool.completions.isEmpty)
        #expect(pool.send() == ["3: w"])
        pool.respond(on: 3)
        #expect(pool.succeeded("w"))
        #expect(pool.gauges.resent == 1)
    }

    @Test("A lost group connection leaves each write of its group commit unknown")
    func lostGroup() {
        let pool = FakePool()
        for key in [UInt64(1), 2] { pool.submit("w\(key)", as: .write(conflictKey: key)) }
        #expect(pool.send() == ["4: w1 w2"])
        pool.lose(4)
        #expect(pool.failure("w1")?.outcome == .unknown)
        #expect(pool.failure("w2")?.outcome == .unknown)
        pool.submit("next", as: .write(conflictKey: 1))
        #expect(pool.send() == ["2: next"], "the conflict key is free again, but exclusive")
    }

    @Test("If the server rejected one write of a group commit before the loss, each write is retried")
    func undoneGroup() {
        let pool = FakePool()
        for key in [UInt64(1), 2] { pool.submit("w\(key)", as: .write(conflictKey: key)) }
        #expect(pool.send() == ["4: w1 w2"])
        pool.respondWithoutSync(on: 4, failing: ["w2": .server("23505")])
        pool.lose(4)
        #expect(pool.completions.isEmpty)
        #expect(pool.gauges.unknownOutcomes == 0)
        #expect(pool.send() == ["2: w2", "3: w1"])
    }

    // MARK: Failures within a group

    @Test("A read that another read's failure rolled back is retried alone")
    func abortedRead() {
        let pool = FakePool()
        pool.submit("a", "b", "c", as: .read)
        #expect(pool.send() == ["0: a b c"])
        pool.respond(on: 0, failing: ["b": .server("22012")])
        #expect(pool.succeeded("a"))
        #expect(pool.failure("b")?.sqlState == "22012")
        #expect(pool.completions["c"] == nil)
        #expect(pool.send() == ["0: c"])
        pool.respond(on: 0)
        #expect(pool.succeeded("c"))
    }

    @Test("A failed batched read is retried one lookup at a time, and only the faulty one fails")
    func failedBatch() {
        let pool = FakePool()
        pool.submit("a", "b", as: .lookup, statement: "find")
        #expect(pool.send() == ["0: a+b"])
        pool.respond(on: 0, failing: ["b": .server("22012", of: "find")])
        #expect(pool.completions.isEmpty)
        #expect(pool.send() == ["0: b", "0: a"])
        pool.respond(on: 0, failing: ["b": .server("22012", of: "find")])
        pool.respond(on: 0)
        #expect(pool.failure("b")?.sqlState == "22012")
        #expect(pool.succeeded("a"))
    }

    @Test("A read of the same statement is not retried after a lock timeout")
    func lockTimeout() {
        let pool = FakePool()
        pool.submit("a", "b", as: .read, statement: "locked")
        pool.submit("c", as: .read)
        #expect(pool.send() == ["0: a b c"])
        pool.respond(on: 0, failing: ["a": .server("55P03", of: "locked")])
        #expect(pool.failure("a")?.sqlState == "55P03")
        #expect(pool.failure("b")?.sqlState == "55P03")
        #expect(pool.send() == ["0: c"])
    }

    @Test("A lost prepared statement is retried once per connection and once more")
    func lostPlan() {
        let pool = FakePool()
        pool.submit("w", as: .write(conflictKey: nil))
        for _ in 1...3 {
            #expect(pool.send() == ["2: w"])
            pool.respond(on: 2, failing: ["w": .server("26000")])
            #expect(pool.completions.isEmpty)
        }
        #expect(pool.send() == ["2: w"])
        pool.respond(on: 2, failing: ["w": .server("26000")])
        #expect(pool.failure("w")?.sqlState == "26000")
        #expect(pool.gauges.resent == 3)
    }

    // MARK: Servers

    @Test("A write that a read-only server rejected fails, and its connection is closed")
    func readOnlyServer() {
        let pool = FakePool()
        pool.submit("w", as: .write(conflictKey: nil))
        #expect(pool.send() == ["2: w"])
        pool.respond(on: 2, failing: ["w": .server("25006")])
        #expect(pool.failure("w")?.sqlState == "25006")
        #expect(pool.failure("w")?.outcome == .notApplied)
        #expect(pool.closed == [2])
    }

    @Test("When one connection finds another primary host, all other connections move there")
    func primaryHost() {
        let pool = FakePool(hostCount: 2)
        pool.lose(2)
        pool.advance(by: .milliseconds(20))
        #expect(pool.connects == ["2 to 0"])
        pool.failToConnect(2)
        pool.advance(by: .milliseconds(60))
        #expect(pool.connects == ["2 to 1"])
        pool.connect(2)
        #expect(pool.closed == [2, 2, 0, 1, 3, 4])
        #expect(pool.gauges.connectionsReady == 1)
        pool.advance(by: .milliseconds(20))
        #expect(pool.connects == ["0 to 1", "1 to 1", "3 to 1", "4 to 1"])
    }

    @Test("An unreachable database is reported once, and its return once")
    func unreachable() {
        let pool = FakePool(isConnected: false)
        pool.failToConnect(0)
        pool.failToConnect(1)
        #expect(pool.events == [.unreachable("connection refused")])
        pool.connect(2)
        pool.connect(3)
        #expect(pool.events == [.unreachable("connection refused"), .reachable])
    }

    @Test("An attempt to connect ends after the connect timeout, and the next begins 50 ms later or more")
    func connectTimeout() {
        let pool = FakePool(isConnected: false)
        pool.advance(by: .seconds(2))
        #expect(pool.closed == [0, 1, 2, 3, 4])
        #expect(pool.events == [.unreachable("no answer in time")])
        pool.advance(by: .milliseconds(40))
        #expect(pool.connects == [])
        pool.advance(by: .milliseconds(20))
        #expect(pool.connects == ["0 to 0", "1 to 0", "2 to 0", "3 to 0"])
    }
}
