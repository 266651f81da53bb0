import TestSupport
import Testing

/// Tests the responses. `make faults` measures that no request takes longer than 5 s.
@Suite("Requests that exceed a database time limit")
struct DeadlineTests {
    private func expectUnavailable(_ reply: Reply, _ outcome: JSON) throws {
        #expect(reply.status == 503)
        #expect(try reply.json["outcome"] == outcome, "\(reply.text)")
        #expect(reply[header: "Retry-After"] != nil)
    }

    @Test("On a silent link, reads and unsent writes are not_applied, and a sent write is unknown")
    func silentLink() async throws {
        let limits = Limits.settings(connect: 1_000, pool: 2_000, lock: 2_200, statement: 2_400, request: 4_000)
        try await DatabaseLine.withShop(settings: limits) { shop, line in
            let elsewhere = shop.served(by: [try await Service(database: shop.connectionString)])
            let session = try await elsewhere.ana.open(in: shop.centro).json
            try await shop.services[0].untilConnected()
            // The service knows the bearers, so the first statement of each request is its work.
            for person in [shop.ana, shop.bruno] { #expect(try await person.get("/v1/me").status == 200) }
            line.arm(.silence)
            async let close = shop.ana.close(session)
            async let show = shop.ana.get(Person.path(of: session))
            async let open = shop.bruno.open(in: shop.centro)
            async let me = shop.bruno.get("/v1/me")
            async let end = shop.ana.post(Person.path(of: session) + "/end", "{}")
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

    @Test(
        "While a table is locked, the requests that need it are 503 not_applied",
        arguments: ["cash_sessions", "users", "audit_events"])
    func lockedTable(table: String) async throws {
        try await withShop { shop in
            let hasty = shop.served(by: [try await Service(database: shop.connectionString, settings: Limits.short)])
            try await hasty.services[0].untilConnected()
            let session = try await shop.ana.open(in: shop.centro).json
            let lock = try shop.connection()
            try lock.execute("begin; lock table \(table) in access exclusive mode")
            async let close = hasty.ana.close(session)
            async let open = hasty.bruno.open(in: shop.centro)
            async let end = hasty.ana.post(Person.path(of: session) + "/end", "{}")
            for reply in [try await close, try await open, try await end] {
                try expectUnavailable(reply, "not_applied")
            }
            #expect(try await hasty.stranger.get("/livez").status == 200)
            try lock.execute("rollback")
            #expect(try await shop.bruno.open(in: shop.centro).status == 201)
            #expect(try await shop.ana.close(session).status == 200)
        }
    }

    @Test("Waits that together exceed the request timeout are 503 not_applied, even if each is short enough")
    func sumOfWaits() async throws {
        let limits = Limits.settings(pool: 10_000, lock: 20_000, statement: 20_200, request: 22_000)
        try await withShop { shop in
            let hasty = shop.served(by: [try await Service(database: shop.connectionString, settings: limits)])
            try await hasty.services[0].untilConnected()
            let session = try await shop.ana.open(in: shop.centro).json
            let lock = try shop.connection()
            // A change locks the row first, then the audit trail.
            try lock.execute("begin; select from cash_sessions for update")
            let second = try shop.connection()
            try second.execute("begin; lock table audit_events in share row exclusive mode")
            async let end = hasty.ana.post(Person.path(of: session) + "/end", "{}")
            // With the second wait of at most 20 s, 3 s exceed the request timeout.
            try await shop.untilALockIsWaitedFor(for: "3 s")
            try lock.execute("rollback")
            try expectUnavailable(try await end, "not_applied")
            try await eventually("the log names the limit") {
                hasty.services[0].process.errors.contains("deadline") ? true : nil
            }
            try second.execute("rollback")
            #expect(try await shop.ana.close(session).status == 200)
        }
    }
}
