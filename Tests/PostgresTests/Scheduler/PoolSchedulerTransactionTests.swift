import Testing

@testable import Postgres

@Suite("The pool's scheduler: transactions")
struct PoolSchedulerTransactionTests {
    /// A pool whose connection 2 belongs to a transaction.
    private func poolWithTransaction() -> FakePool {
        let pool = FakePool()
        pool.submit("begin", as: .begin(.first))
        #expect(pool.send() == ["2: begin"])
        pool.respond(on: 2, isInTransaction: true)
        #expect(pool.succeeded("begin"))
        return pool
    }

    @Test("A transaction owns a write connection until its commit, and its statements are sent at once")
    func lease() {
        let pool = poolWithTransaction()
        #expect(pool.gauges.connectionsBusy == 1)
        pool.submit("a", "b", as: .write(conflictKey: nil))
        #expect(pool.send() == ["3: a"])
        #expect(pool.submit("step", as: .step(.first)) == ["2: step"])
        pool.respond(on: 2, isInTransaction: true)
        #expect(pool.submit("commit", as: .end(.first, commit: true)) == ["2: commit"])
        pool.respond(on: 2)
        #expect(pool.succeeded("step", "commit"))
        #expect(pool.scheduler.leases.isEmpty)
        #expect(pool.send() == ["2: b"])
    }

    @Test("After its first error a transaction sends only the rollback, and all other statements fail with that error")
    func firstError() {
        let pool = poolWithTransaction()
        #expect(pool.submit("step", as: .step(.first)) == ["2: step"])
        pool.respond(on: 2, failing: ["step": .server("22012")], isInTransaction: true)
        #expect(pool.failure("step")?.sqlState == "22012")
        #expect(pool.submit("next", as: .step(.first)) == [])
        #expect(pool.failure("next") == pool.failure("step"))
        #expect(pool.submit("commit", as: .end(.first, commit: true)) == [])
        #expect(pool.failure("commit") == pool.failure("step"))
        #expect(pool.submit("rollback", as: .end(.first, commit: false)) == ["2: rollback"])
        pool.respond(on: 2)
        #expect(pool.succeeded("rollback"))
        #expect(pool.gauges.connectionsBusy == 0)
        #expect(pool.closed == [])
    }

    @Test("A lost connection fails its transaction without effect, and the rollback frees the conflict key")
    func lostConnection() {
        let pool = FakePool()
        pool.submit("begin 1", as: .begin(.first))
        pool.submit("begin 2", as: .begin(.second))
        pool.submit("begin 3", as: .begin(.third))
        #expect(pool.send() == ["2: begin 1", "3: begin 2"])
        pool.respond(on: 2, isInTransaction: true)
        pool.replace(2)
        #expect(pool.send() == [], "two transactions of the conflict key are open")
        #expect(pool.submit("step", as: .step(.first)) == [])
        #expect(pool.failure("step")?.reason == .connectionLost)
        #expect(pool.failure("step")?.outcome == .notApplied)
        #expect(pool.submit("rollback", as: .end(.first, commit: false)) == [])
        #expect(pool.failure("rollback")?.reason == .connectionLost)
        #expect(pool.send() == ["2: begin 3"])
    }

    @Test("A commit that was sent on a lost connection has an unknown outcome")
    func lostCommit() {
        let pool = poolWithTransaction()
        #expect(pool.submit("commit", as: .end(.first, commit: true)) == ["2: commit"])
        pool.lose(2)
        #expect(pool.failure("commit")?.outcome == .unknown)
        #expect(pool.failure("commit")?.reason == .connectionLost)
        #expect(pool.scheduler.leases.isEmpty)
    }

    @Test("A begin whose connection was lost fails without effect and is not retried")
    func lostBegin() {
        let pool = FakePool()
        pool.submit("begin", as: .begin(.first))
        #expect(pool.send() == ["2: begin"])
        pool.lose(2)
        #expect(pool.failure("begin")?.outcome == .notApplied)
        #expect(pool.scheduler.leases.isEmpty)
        #expect(pool.gauges.resent == 0)
    }

    @Test("A begin whose prepared statement was lost is retried and gets a connection")
    func lostBeginPlan() {
        let pool = FakePool()
        pool.submit("begin", as: .begin(.first))
        #expect(pool.send() == ["2: begin"])
        pool.respond(on: 2, failing: ["begin": .server("26000")])
        #expect(pool.gauges.connectionsBusy == 0)
        #expect(pool.send() == ["2: begin"])
        pool.respond(on: 2, isInTransaction: true)
        #expect(pool.succeeded("begin"))
        #expect(pool.submit("step", as: .step(.first)) == ["2: step"])
    }

    @Test("A begin that the server rejects frees its connection")
    func rejectedBegin() {
        let pool = FakePool()
        pool.submit("begin", as: .begin(.first))
        #expect(pool.send() == ["2: begin"])
        pool.respond(on: 2, failing: ["begin": .server("53300")])
        #expect(pool.failure("begin")?.sqlState == "53300")
        pool.submit("w", as: .write(conflictKey: nil))
        #expect(pool.send() == ["2: w"])
    }

    @Test("A transaction that exceeds its time limit loses its connection")
    func timeLimit() {
        let pool = poolWithTransaction()
        pool.advance(by: .milliseconds(4_980))
        #expect(pool.closed == [])
        pool.advance(by: .milliseconds(20))
        #expect(pool.closed == [2])
        pool.submit("step", as: .step(.first))
        #expect(pool.failure("step")?.reason == .deadline)
        #expect(pool.failure("step")?.outcome == .notApplied)
    }

    @Test("A statement that arrives after its request deadline fails the transaction, and the rollback is still sent")
    func requestDeadline() {
        let pool = poolWithTransaction()
        #expect(pool.submit("step", as: .step(.first), within: .zero) == [])
        #expect(pool.failure("step")?.reason == .deadline)
        #expect(pool.submit("commit", as: .end(.first, commit: true)) == [])
        #expect(pool.failure("commit")?.reason == .deadline)
        #expect(pool.submit("rollback", as: .end(.first, commit: false), within: .zero) == ["2: rollback"])
    }

    @Test("A statement of an ended transaction is rejected")
    func afterTheEnd() {
        let pool = poolWithTransaction()
        pool.submit("commit", as: .end(.first, commit: true))
        pool.respond(on: 2)
        pool.submit("step", as: .step(.first))
        #expect(pool.failure("step")?.reason == .closing)
    }

    @Test("A connection that a write leaves in a transaction is closed")
    func strayTransaction() {
        let pool = FakePool()
        pool.submit("w", as: .write(conflictKey: nil))
        #expect(pool.send() == ["2: w"])
        pool.respond(on: 2, isInTransaction: true)
        #expect(pool.succeeded("w"))
        #expect(pool.closed == [2])
    }
}
