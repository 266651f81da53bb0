import Testing

@testable import Postgres

@Suite("The pool's scheduler: order of sending")
struct PoolSchedulerTests {
    // MARK: Reads

    @Test("Reads that wait together are sent before one Sync, in the order of their arrival")
    func reads() {
        let pool = FakePool()
        pool.submit("a", "b", "c", as: .read)
        #expect(pool.gauges.waiting == 3)
        #expect(pool.send() == ["0: a b c"])
        #expect(pool.gauges.waiting == 0)
        #expect(pool.gauges.inFlight == 3)
        pool.respond(on: 0)
        #expect(pool.succeeded("a", "b", "c"))
        #expect(pool.gauges.inFlight == 0)
    }

    @Test("A group has at most 32 reads")
    func readGroupLimit() {
        let pool = FakePool()
        for number in 1...40 { pool.submit("r\(number)", as: .read) }
        let sizes = pool.send().map { $0.split(separator: " ").count - 1 }
        #expect(sizes == [32, 8])
    }

    @Test("A read connection has at most three groups in flight, and the next reads wait")
    func readGroupsInFlight() {
        let pool = FakePool()
        for name in ["a", "b", "c"] {
            pool.submit(name, as: .read)
            #expect(pool.send() == ["0: \(name)"])
        }
        pool.submit("d", "e", as: .read)
        #expect(pool.send() == [])
        pool.respond(on: 0)
        #expect(pool.send() == ["0: d e"])
    }

    @Test("A read uses the read connection with the fewest requests in flight")
    func leastBusyConnection() {
        let pool = FakePool { $0.readConnections = 2 }
        pool.submit("a", "b", as: .read)
        #expect(pool.send() == ["0: a b"])
        for name in ["c", "d"] {
            pool.submit(name, as: .read)
            #expect(pool.send() == ["1: \(name)"])
        }
        pool.submit("e", as: .read)
        #expect(pool.send() == ["0: e"])
    }

    @Test("Lookups of one statement are one batched read, and other reads keep their own statement")
    func batchedRead() {
        let pool = FakePool()
        pool.submit("a", as: .lookup, statement: "find")
        pool.submit("b", as: .read, statement: "find")
        pool.submit("c", as: .lookup, statement: "find")
        pool.submit("d", as: .lookup, statement: "other")
        #expect(pool.send() == ["0: a+c b d"])
        pool.respond(on: 0)
        #expect(pool.succeeded("a", "b", "c", "d"))
    }

    @Test("Lists use their own connection, at most four in a group")
    func lists() {
        let pool = FakePool()
        pool.submit("a", "b", "c", "d", "e", as: .list)
        pool.submit("read", as: .read)
        #expect(pool.send() == ["0: read", "1: a b c d", "1: e"])
    }

    // MARK: Writes

    @Test("Writes without a conflict key are sent in the order of their arrival, one on each connection")
    func exclusiveWrites() {
        let pool = FakePool()
        pool.submit("a", "b", "c", as: .write(conflictKey: nil))
        #expect(pool.send() == ["2: a", "3: b"])
        pool.respond(on: 3)
        #expect(pool.succeeded("b"))
        #expect(pool.send() == ["3: c"])
    }

    @Test("A conflict key has at most two exclusive writes in flight, and other keys pass")
    func conflictKeyLimit() {
        let pool = FakePool { configuration in
            configuration.groupConnections = 0
            configuration.writeConnections = 4
        }
        pool.submit("a", "b", "c", as: .write(conflictKey: 1))
        pool.submit("other", as: .write(conflictKey: 2))
        #expect(pool.send() == ["2: a", "3: b", "4: other"])
        #expect(pool.gauges.waiting == 1)
        pool.respond(on: 2, failing: ["a": .server("23505")])
        #expect(pool.send() == ["2: c"])
    }

    // MARK: Group commit

    @Test("Writes with different conflict keys are one group commit, ordered by conflict key")
    func groupCommit() {
        let pool = FakePool()
        for key in [UInt64(3), 1, 2] { pool.submit("w\(key)", as: .write(conflictKey: key)) }
        #expect(pool.send() == ["4: w1 w2 w3"])
        #expect(pool.gauges.writesGrouped == 3)
        pool.respond(on: 4)
        #expect(pool.succeeded("w1", "w2", "w3"))
    }

    @Test("A group commit has at most one write of a conflict key")
    func groupCommitKeyLimit() {
        let pool = FakePool()
        pool.submit("a", "b", as: .write(conflictKey: 1))
        #expect(pool.send() == ["4: a"])
        pool.respond(on: 4)
        #expect(pool.send() == ["4: b"])
    }

    @Test("A group connection has one group commit in flight, while the next group gathers")
    func groupGathers() {
        let pool = FakePool()
        pool.submit("a", as: .write(conflictKey: 1))
        #expect(pool.send() == ["4: a"])
        pool.submit("b", as: .write(conflictKey: 2))
        pool.submit("c", as: .write(conflictKey: 3))
        #expect(pool.send() == [])
        pool.respond(on: 4)
        #expect(pool.send() == ["4: b c"])
    }

    @Test("Without a ready group connection, writes are exclusive, oldest first")
    func noGroupConnection() {
        let pool = FakePool()
        pool.lose(4)
        pool.submit("keyed", as: .write(conflictKey: 1))
        pool.advance(by: .milliseconds(1))
        pool.submit("plain", as: .write(conflictKey: nil))
        #expect(pool.send() == ["2: keyed", "3: plain"])
        #expect(pool.gauges.writesGrouped == 0)
    }

    @Test("After a failure in a group commit, each write is retried as an exclusive write with its own result")
    func dissolvedGroup() {
        let pool = FakePool()
        for key in [UInt64(1), 2, 3] { pool.submit("w\(key)", as: .write(conflictKey: key)) }
        #expect(pool.send() == ["4: w1 w2 w3"])
        pool.respond(on: 4, failing: ["w2": .server("23505")])
        #expect(pool.completions.isEmpty)
        #expect(pool.gauges.resent == 3)
        #expect(pool.send() == ["2: w3", "3: w2"])
        pool.respond(on: 2)
        pool.respond(on: 3, failing: ["w2": .server("23505")])
        #expect(pool.send() == ["2: w1"])
        pool.respond(on: 2)
        #expect(pool.succeeded("w1", "w3"))
        #expect(pool.failure("w2")?.sqlState == "23505")
        #expect(pool.gauges.resent == 3)
    }

    @Test("A conflict key whose write failed is exclusive for 5 s, and then joins group commits again")
    func exclusiveKey() {
        let pool = FakePool()
        pool.submit("failed", as: .write(conflictKey: 1))
        #expect(pool.send() == ["4: failed"])
        pool.respond(on: 4, failing: ["failed": .server("55P03")])
        #expect(pool.send() == ["2: failed"])
        pool.respond(on: 2)
        pool.submit("next", as: .write(conflictKey: 1))
        #expect(pool.send() == ["2: next"])
        pool.respond(on: 2)
        pool.advance(by: .seconds(5))
        pool.submit("later", as: .write(conflictKey: 1))
        #expect(pool.send() == ["4: later"])
    }

    @Test("A failed commit of a group retries each write as an exclusive write")
    func failedGroupCommit() {
        let pool = FakePool()
        for key in [UInt64(1), 2] { pool.submit("w\(key)", as: .write(conflictKey: key)) }
        #expect(pool.send() == ["4: w1 w2"])
        pool.respond(on: 4, commitFailure: .server("23503"))
        #expect(pool.completions.isEmpty)
        #expect(pool.send() == ["2: w2", "3: w1"])
    }

    @Test("A group commit that the standby did not confirm has an unknown outcome for each write")
    func unconfirmedGroupCommit() {
        let pool = FakePool()
        for key in [UInt64(1), 2] { pool.submit("w\(key)", as: .write(conflictKey: key)) }
        #expect(pool.send() == ["4: w1 w2"])
        pool.respond(on: 4, commitFailure: .server("01000", outcome: .unknown))
        #expect(pool.failure("w1")?.outcome == .unknown)
        #expect(pool.failure("w2")?.outcome == .unknown)
        #expect(pool.gauges.unknownOutcomes == 2)
        #expect(pool.gauges.resent == 0)
    }
}
