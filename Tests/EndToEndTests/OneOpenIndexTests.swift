import Synchronization
import TestSupport
import Testing

@Suite("Without the one-open index")
struct OneOpenIndexTests {
    enum Loss: CaseIterable {
        case dropped, invalid
    }

    /// Fifty concurrent opens of one cashier over the replicas: one succeeds, and all others name its session.
    private func raceFifty(in shop: Shop) async throws {
        let replies = try await together(50) { try await shop.at($0 % 3, shop.ana).open(in: shop.centro) }
        let winner = try #require(try replies.first { $0.status == 201 }?.json)
        let refused = replies.filter { $0.status == 409 }
        #expect(refused.count == 49, "\(replies.map(\.status))")
        for reply in refused {
            let existing = try reply.json["existing_session"]
            #expect(existing["id"] == winner["id"])
            #expect(existing["opened_at"] == winner["opened_at"])
        }
        let open = "select count(*)::text from cash_sessions where status = 'OPEN' and cashier_id = '\(shop.ana.id)'"
        #expect(try shop.query(open) == "1")
        #expect(try await shop.ana.close(winner).status == 200)
    }

    private func lose(_ loss: Loss, in shop: Shop) async throws {
        switch loss {
        case .dropped: try shop.dropIndex()
        case .invalid:
            let session = try await shop.carla.open(in: shop.corner).json
            try shop.invalidateIndex(session)
            #expect(try shop.indexIsValid() == "false")
        }
    }

    /// Bruno's shifts: the load during the test.
    private func work(_ shop: Shop) async throws {
        for shift in 0..<40 {
            let bruno = shop.at(shift % 3, shop.bruno)
            let opened = try await applied { try await bruno.open(in: shop.centro) }
            #expect(opened.status == 201, "\(opened.text)")
            let closed = try await applied { try await bruno.close(try opened.json) }
            #expect(closed.status == 200, "\(closed.text)")
        }
    }

    /// Repeats a request while it is 503 not_applied.
    ///
    /// While an index is dropped, the table may be locked for longer than the 300 ms that a read waits.
    private func applied(_ request: () async throws -> Reply) async throws -> Reply {
        try await eventually("the table is not locked") {
            let reply = try await request()
            return try reply.status == 503 && reply.json["outcome"] == "not_applied" ? nil : reply
        }
    }

    @Test(
        "Without the index one of fifty opens succeeds, the loss is reported, and the doctor repairs it",
        arguments: Loss.allCases)
    func lost(loss: Loss) async throws {
        try await withShop(replicas: 3) { shop in
            let start = ContinuousClock.now
            async let load: Void = work(shop)
            try await lose(loss, in: shop)
            for _ in 0..<3 { try await raceFifty(in: shop) }
            try await load
            let ready = try await shop.stranger.get("/readyz")
            #expect(ready.status == 200)
            #expect(try ready.json["status"] == "degraded")
            #expect(try ready.json["guard"] == "missing")
            for service in shop.services {
                try await eventually("the metric falls") {
                    try await service.metric("cashpilot_guard_index_valid") == "0" ? true : nil
                }
                try await eventually("the log has it") {
                    try service.log(Self.lost).first { $0["level"] == "error" && $0["guard"] == Self.name(of: loss) }
                }
            }
            try await repair(shop, lostSince: start)
        }
    }

    private static let lost =
        "The one-open index is not valid; opens lock their open-session key. Run `cashpilot doctor --mend`."

    private static func name(of loss: Loss) -> JSON { loss == .dropped ? "missing" : "invalid" }

    private func repair(_ shop: Shop, lostSince start: ContinuousClock.Instant) async throws {
        #expect(try await shop.run(["doctor"]).status == 2)
        let repaired = try await shop.run(["doctor", "--mend"])
        #expect(repaired.status == 0, "\(repaired.output)\(repaired.errors)")
        try await shop.stranger.untilGuard(is: "enforced")
        for service in shop.services {
            try await eventually("the metric rises") {
                try await service.metric("cashpilot_guard_index_valid") == "1" ? true : nil
            }
            try await eventually("the log has it") { try service.log("The one-open index is valid again").first }
            // Logged once, again when its state changes (it is INVALID during the build), and once per minute.
            let countMax = 3 + (ContinuousClock.now - start).components.seconds / 60
            #expect(try (1...countMax).contains(Int64(service.log(Self.lost).count)))
        }
        let session = try await shop.ana.open(in: shop.centro).json
        let refusal = #expect(throws: (any Error).self) { try shop.duplicate(session) }
        #expect("\(refusal.map { "\($0)" } ?? "")".contains("constraint \(Shop.theIndex)"))
        #expect(try await shop.ana.close(session).status == 200)
        try await raceFifty(in: shop)
    }

    @Test(
        "cashpilot migrate status reports a lost one-open index, and migrate up builds it again",
        arguments: Loss.allCases)
    func migrated(loss: Loss) async throws {
        try await withShop { shop in
            try await lose(loss, in: shop)
            let status = try await shop.run(["migrate", "status"])
            #expect(status.status == 2)
            #expect(!status.output.contains("pending"))
            #expect(status.output.hasSuffix("; cashpilot migrate up builds it\n"), "\(status.output)")
            let statusAsJSON = try await shop.run(["migrate", "status", "--json"])
            #expect(statusAsJSON.status == 2)
            let name = loss == .dropped ? "missing" : "invalid"
            #expect(statusAsJSON.output.hasSuffix(#"{"one_open_index":"\#(name)"}"# + "\n"))
            let built = try await shop.run(["migrate", "up"])
            #expect(built.status == 0, "\(built.errors)")
            #expect(built.output == "built \(Shop.theIndex)\n")
            try await shop.stranger.untilGuard(is: "enforced")
            #expect(try await shop.run(["migrate", "status"]).status == 0)
            #expect(try await shop.run(["migrate", "up"]).output == "The schema is current.\n")
            try shop.dropIndex()
            let builtAsJSON = try await shop.run(["migrate", "up", "--json"])
            #expect(builtAsJSON.output == #"{"applied":[],"built":["\#(Shop.theIndex)"]}"# + "\n")
            #expect(try shop.indexIsValid() == "true")
        }
    }

    @Test("cashpilot migrate up fails over duplicates, names them and what ends them, and changes nothing")
    func migratedOverDuplicates() async throws {
        try await withShop { shop in
            try shop.dropIndex()
            let session = try await shop.ana.open(in: shop.centro).json
            try shop.duplicate(session)
            let before = try shop.everything()
            let refused = try await shop.run(["migrate", "up"])
            #expect(refused.status == 1)
            #expect(refused.output.isEmpty, "\(refused.output)")
            #expect(refused.errors.contains("\(session["id"].string ?? "-") opened at"), "\(refused.errors)")
            #expect(refused.errors.contains("`cashpilot preflight --apply`"))
            #expect(try shop.everything() == before)
            #expect(try shop.indexIsValid() == nil)
            #expect(try await shop.run(["preflight", "--apply", "--yes"]).status == 0)
            #expect(try await shop.run(["migrate", "up"]).status == 0)
            #expect(try shop.indexIsValid() == "true")
        }
    }

    @Test(
        "An index with the right name but another definition counts as missing, and one of two opens succeeds",
        arguments: [
            "(cashier_id, business_id, id) where status = 'OPEN' and is_deleted = false",
            "(business_id, session_number)",
        ])
    func namesake(definition: String) async throws {
        // In a group commit one open would wait for the other in the service.
        try await withShop(settings: ["DATABASE_GROUPED_WRITES": "0"]) { shop in
            #expect(try await shop.ana.close(try await shop.ana.open(in: shop.centro).json).status == 200)
            try shop.execute("drop index \(Shop.theIndex)")
            try shop.execute("create unique index \(Shop.theIndex) on cash_sessions \(definition)")
            try await shop.stranger.untilGuard(is: "missing")
            // Every open draws a number after its precheck, so both wait here.
            let counters = try shop.connection()
            try counters.execute("begin")
            try counters.execute("select from business_counters for update")
            async let first = shop.ana.open(in: shop.centro)
            async let second = shop.ana.open(in: shop.centro)
            try await shop.untilALockIsWaitedFor(by: 2)
            try counters.execute("commit")
            #expect(try await Set([first.status, second.status]) == [201, 409])
            #expect(try shop.query("select count(*)::text from cash_sessions where status = 'OPEN'") == "1")
            #expect(try await shop.run(["doctor", "--mend"]).status == 0)
            try await shop.stranger.untilGuard(is: "enforced")
        }
    }

    @Test("No cashier ever has two open sessions while the index is dropped and rebuilt repeatedly")
    func changingIndex() async throws {
        try await withShop(replicas: 3) { shop in
            let tills = Tills()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    group.addTask { try await Self.sell(shop, number, tills) }
                }
                var round = 0
                while round < 5 || tills.shifts.withLock({ $0 }) <= 20, round < 100 {
                    round += 1
                    let before = tills.shifts.withLock { $0 }
                    try shop.dropIndex(concurrently: round.isMultiple(of: 2))
                    try await eventually("a shift ends without the index") {
                        tills.shifts.withLock { $0 } > before ? true : nil
                    }
                    try shop.buildIndex()
                    try shop.execute("reindex index concurrently \(Shop.theIndex)")
                }
                tills.areClosing.store(true, ordering: .relaxed)
                try await group.waitForAll()
            }
            #expect(tills.shifts.withLock { $0 } > 20)
            #expect(try shop.indexIsValid() == "true")
        }
    }

    private final class Tills: Sendable {
        let counts = OpenSessionCounts()
        let shifts = Mutex(0)
        let areClosing = Atomic(false)
    }

    private static func sell(_ shop: Shop, _ number: Int, _ tills: Tills) async throws {
        let cashier = shop.at(number % 3, number.isMultiple(of: 2) ? shop.ana : shop.bruno)
        while !tills.areClosing.load(ordering: .relaxed) {
            let reply = try await cashier.open(in: shop.centro)
            #expect([201, 409, 503].contains(reply.status), "\(reply.text)")
            if reply.status == 503 { #expect(try reply.json["outcome"] == "not_applied") }
            guard reply.status == 201 else { continue }
            #expect(try await tills.counts.countWhileOpen(cashier.id) == 1)
            tills.shifts.withLock { $0 += 1 }
            #expect(try await cashier.close(try reply.json).status == 200)
        }
    }

    @Test("Without the index one of a concurrent reopen and restore succeeds, and the other names its session")
    func twoEntryPoints() async throws {
        try await withShop { shop in
            let closed = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.ana.close(closed).status == 200)
            let deleted = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.administrator.delete(deleted).status == 204)
            try shop.dropIndex()
            // Every entry point writes there after its precheck, so both wait here, or one waits before its precheck.
            let trail = try shop.connection()
            try trail.execute("begin; lock table audit_events in share row exclusive mode")
            async let reopened = shop.administrator.change("reopen", closed, #"{"reason": "again"}"#)
            async let restored = shop.administrator.change("restore", deleted)
            try await shop.untilALockIsWaitedFor(by: 2)
            try trail.execute("commit")
            let replies = [try await reopened, try await restored]
            #expect(replies.map(\.status).sorted() == [200, 409], "\(replies.map(\.text))")
            let winner = try #require(try replies.first { $0.status == 200 }?.json)
            let refusal = try #require(try replies.first { $0.status == 409 }?.json)
            #expect(refusal["existing_session"]["id"] == winner["id"])
            let open = "select count(*)::text from cash_sessions where status = 'OPEN' and not is_deleted"
            #expect(try shop.query(open) == "1")
        }
    }

    @Test("An open-session key locked beyond the lock timeout is 503 not_applied, and delays no other cashier")
    func lockedKey() async throws {
        try await withShop { shop in
            try shop.execute("drop index \(Shop.theIndex)")
            let hasty = shop.served(by: [try await Service(database: shop.connectionString, settings: Limits.short)])
            let key = "hashtextextended('\(shop.centro)/\(shop.ana.id)/slot', 0)"
            let lock = try shop.connection()
            try lock.execute("select pg_advisory_lock(\(key))")
            let refused = try await hasty.ana.open(in: shop.centro)
            #expect(refused.status == 503)
            #expect(try refused.json["outcome"] == "not_applied")
            async let waiting = shop.ana.open(in: shop.centro)
            try await shop.untilALockIsWaitedFor()
            #expect(try await shop.bruno.open(in: shop.centro).status == 201)
            try lock.execute("select pg_advisory_unlock(\(key))")
            #expect(try await waiting.status == 201)
        }
    }

    @Test("Without the index a repeated key has one effect and replays identical bytes")
    func keyWithoutIndex() async throws {
        try await withShop(replicas: 3) { shop in
            try shop.execute("drop index \(Shop.theIndex)")
            let key = ["Idempotency-Key": "once"]
            let replies = try await together(9) {
                try await shop.at($0 % 3, shop.ana).open(in: shop.centro, headers: key)
            }
            let first = replies.filter { $0.status == 201 && $0[header: "Idempotent-Replayed"] == nil }
            #expect(first.count == 1, "\(replies.map(\.status))")
            for reply in replies where reply.status != 201 {
                #expect(reply.status == 409, "\(reply.text)")
                #expect(try reply.json["code"] == "REQUEST_IN_FLIGHT", "\(reply.text)")
            }
            let again = try await shop.ana.open(in: shop.centro, headers: key)
            #expect(again.status == 201)
            #expect(again[header: "Idempotent-Replayed"] == "true")
            for reply in replies where reply.status == 201 { #expect(reply.body == again.body) }
            #expect(try shop.query("select count(*)::text from cash_sessions") == "1")
        }
    }
}
