import Foundation
import TestSupport
import Testing

/// With the timeouts that the program has by itself.
@Suite("Within five seconds")
struct DeadlineTests {
    /// The answer, which must not take longer than a request may; the rest is for a busy machine.
    private func inTime(_ ask: () async throws -> Reply) async throws -> Reply {
        let start = ContinuousClock.now
        let reply = try await ask()
        #expect(start.duration(to: .now) < .milliseconds(5_500))
        return reply
    }

    private func expectUnavailable(_ reply: Reply, _ outcome: JSON) throws {
        #expect(reply.status == 503)
        #expect(try reply.json["outcome"] == outcome, "\(reply.text)")
        #expect(reply[header: "Retry-After"] != nil)
    }

    @Test("A silent link: reads and what was not sent are not applied, a write that was sent is unknown")
    func silentLink() async throws {
        try await DatabaseLine.withShop { shop, line in
            let session = try await shop.ana.open(in: shop.centro).json
            line.arm(.silence)
            async let close = inTime { try await shop.ana.close(session) }
            async let show = inTime { try await shop.ana.get(Person.path(of: session)) }
            async let open = inTime { try await shop.bruno.open(in: shop.centro) }
            async let me = inTime { try await shop.bruno.get("/v1/me") }
            async let end = inTime { try await shop.ana.post(Person.path(of: session) + "/end", "{}") }
            try expectUnavailable(try await close, "unknown")
            try expectUnavailable(try await show, "not_applied")
            try expectUnavailable(try await open, "not_applied")
            try expectUnavailable(try await me, "not_applied")
            try expectUnavailable(try await end, "not_applied")
            #expect(try await shop.stranger.get("/livez").status == 200)
            line.disarm()
            try await eventually("the service works again") {
                try await shop.ana.get(Person.path(of: session)).status == 200 ? true : nil
            }
        }
    }

    @Test("A locked table: whatever is asked is not applied", arguments: ["cash_sessions", "users", "audit_events"])
    func lockedTable(table: String) async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let lock = try shop.connection()
            try lock.execute("begin; lock table \(table) in access exclusive mode")
            async let close = inTime { try await shop.ana.close(session) }
            async let open = inTime { try await shop.bruno.open(in: shop.centro) }
            async let end = inTime { try await shop.ana.post(Person.path(of: session) + "/end", "{}") }
            for reply in [try await close, try await open, try await end] {
                try expectUnavailable(reply, "not_applied")
            }
            #expect(try await shop.stranger.get("/livez").status == 200)
            try lock.execute("rollback")
            #expect(try await shop.bruno.open(in: shop.centro).status == 201)
            #expect(try await shop.ana.close(session).status == 200)
        }
    }

    @Test("Waits that are each within their limits, and together are not")
    func sumOfWaits() async throws {
        let settings = [
            "DATABASE_LOCK_TIMEOUT_MILLISECONDS": "1800", "DATABASE_STATEMENT_TIMEOUT_MILLISECONDS": "1900",
            "DATABASE_REQUEST_TIMEOUT_MILLISECONDS": "2000",
        ]
        try await withShop(settings: settings) { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let lock = try shop.connection()
            // The row first, then the audit trail: a change needs them in this order.
            try lock.execute("begin; select from cash_sessions for update")
            let second = try shop.connection()
            try second.execute("begin; lock table audit_events in share row exclusive mode")
            let start = ContinuousClock.now
            async let end = shop.ana.post(Person.path(of: session) + "/end", "{}")
            try await shop.untilALockIsWaitedFor()
            try await Task.sleep(until: start + .milliseconds(1_500))
            try lock.execute("rollback")
            try expectUnavailable(try await end, "not_applied")
            // Without the limit on their sum it would have been 1.5 s and 1.8 s.
            #expect(start.duration(to: .now) < .milliseconds(3_000))
            try second.execute("rollback")
            #expect(try await shop.ana.close(session).status == 200)
        }
    }
}
