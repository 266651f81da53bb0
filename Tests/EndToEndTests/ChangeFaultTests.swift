import TestSupport
import Testing
import Yams

/// The outcome of every change after every database error.
@Suite("Database errors during a change, at every changing route")
struct ChangeFaultTests {
    /// SQLSTATEs, and whether each is transient: docs/ERRORS.md. A lost plan (26000, 42P05) cannot be injected, because
    /// the driver prepares the statement again: `PlanTests`.
    private static let states: [(state: String, passes: Bool)] = [
        ("08000", true), ("08006", true), ("08P01", false), ("0A000", true), ("21000", false), ("22003", false),
        ("22012", false), ("22P02", false), ("23502", false), ("23503", false), ("23505", false), ("23514", false),
        ("23P01", false), ("25006", true), ("25P02", false), ("28000", false), ("2D000", false),
        ("40001", true), ("40P01", true), ("42501", false), ("42601", false), ("42703", false), ("42P01", false),
        ("53000", true), ("53100", true), ("53200", true), ("53300", true), ("54000", false),
        ("54001", false), ("55000", false), ("55006", false), ("55P03", true), ("57000", true), ("57014", true),
        ("57P01", true), ("57P02", true), ("57P03", true), ("57P05", true), ("58000", false), ("58030", true),
        ("58P01", false), ("F0000", false), ("P0001", false), ("XX000", false), ("XX001", false), ("XX002", false),
    ]

    private func expectUnavailable(
        _ reply: Reply, _ outcome: JSON, retryAfter: String, _ comment: Comment
    ) throws {
        #expect(reply.status == 503, "\(comment): \(reply.text)")
        #expect(try reply.json["outcome"] == outcome, "\(comment): \(reply.text)")
        #expect(reply[header: "Retry-After"] == retryAfter, comment)
    }

    /// The states to inject at a route.
    ///
    /// A change of one statement tries every state. Transactions share their path through the driver: each tries every
    /// sixth state, the next route beginning one later. A route that hashes a password takes seconds and tries every
    /// eighteenth.
    private static func states(for route: ChangingRoute) throws -> [(state: String, passes: Bool)] {
        let number = try #require(ChangingRoute.all.firstIndex { $0.name == route.name })
        let step = route.isSlow ? 18 : route.isOneStatement ? 1 : 6
        return stride(from: number % step, to: states.count, by: step).map { states[$0] }
    }

    @Test(
        "A change is 503 not_applied after a database error in a statement or commit, and can be retried",
        arguments: ChangingRoute.all)
    func errors(route: ChangingRoute) async throws {
        try await withShop(settings: ["DATABASE_POOL_SIZE": "1"]) { shop in
            let request = try await route.request(shop, 0)
            try InjectedError.prepare(in: shop)
            let before = try shop.changes()
            let key = route.method == "POST" ? "k" : nil
            for fault in try Self.states(for: route) {
                for moment in InjectedError.Moment.allCases {
                    try InjectedError.raise(fault.state, at: moment, in: shop)
                    let reply = try await request.send(shop, key: key)
                    try expectUnavailable(
                        reply, "not_applied", retryAfter: fault.passes ? "1" : "30", "\(fault.state) \(moment)")
                }
            }
            try InjectedError.stop(in: shop)
            #expect(try shop.changes() == before)
            let reply = try await request.send(shop, key: key)
            #expect((200..<300).contains(reply.status), "\(reply.text)")
            #expect(reply[header: "Idempotent-Replayed"] == nil)
            #expect(try shop.changes() == before + route.events)
        }
    }

    @Test(
        "A change whose connection is terminated twice is 503 with its known outcome and writes nothing",
        arguments: ChangingRoute.all)
    func lostTwice(route: ChangingRoute) async throws {
        try await withShop(settings: ["DATABASE_POOL_SIZE": "1"]) { shop in
            let request = try await route.request(shop, 0)
            try InjectedError.prepare(in: shop)
            let before = try shop.changes()
            for moment in InjectedError.Moment.allCases {
                try InjectedError.raise("FATAL", at: moment, in: shop)
                let reply = try await request.send(shop)
                // Before its commit a transaction certainly has no effect; a single statement commits by itself.
                let outcome: JSON = moment == .commit || route.isOneStatement ? "unknown" : "not_applied"
                try expectUnavailable(reply, outcome, retryAfter: "1", "\(moment)")
            }
            try InjectedError.stop(in: shop)
            #expect(try shop.changes() == before)
            #expect(try await (200..<300).contains(request.send(shop).status))
            #expect(try shop.changes() == before + route.events)
        }
    }

    @Test("The severity of a database error is read from the field that is never translated")
    func severity() async throws {
        try await DatabaseLine.withShop(settings: ["DATABASE_POOL_SIZE": "1"]) { shop, line in
            let session = try await shop.ana.open(in: shop.centro).json
            try InjectedError.prepare(in: shop)
            try InjectedError.raise("P0001", at: .statement, in: shop)
            line.arm(.severity(DatabaseLine.Severity(meant: "PANIC")))
            let panicked = try await shop.ana.close(session)
            try expectUnavailable(panicked, "unknown", retryAfter: "1", "a PANIC that is shown as an error")
            line.arm(.severity(DatabaseLine.Severity(shown: "FATAL")))
            let refused = try await shop.ana.close(session)
            try expectUnavailable(refused, "not_applied", retryAfter: "30", "an error that is shown as FATAL")
            line.disarm()
            try InjectedError.stop(in: shop)
            #expect(try await shop.ana.close(session).status == 200)
        }
    }

    @Test("While the database accepts no connections, every change is 503 not_applied")
    func noDatabase() async throws {
        try await withShop { shop in
            let hasty = shop.served(by: [try await Service(database: shop.connectionString, settings: Limits.short)])
            var requests: [(ChangingRoute, ChangingRequest)] = []
            for (number, route) in ChangingRoute.all.enumerated() {
                requests.append((route, try await route.request(shop, number)))
            }
            let name = try shop.query("select current_database()::text") ?? ""
            let server = try await PostgresServer.shared()
            try server.execute("alter database \"\(name)\" allow_connections false")
            // Wait until each connection has ended: a live one would still apply a change.
            try server.execute(
                "select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = '\(name)'")
            let sent = requests
            let replies = try await together(sent.count) { try await sent[$0].1.send(hasty, at: 0) }
            for (request, reply) in zip(sent, replies) {
                try expectUnavailable(reply, "not_applied", retryAfter: "1", "\(request.0.name)")
            }
        }
    }

    @Test("A route of openapi.yaml that needs a missing table is 503 not_applied, and none is 500")
    func missingTable() async throws {
        let contract = try #require(try Yams.load(yaml: try Repository.text("openapi.yaml")) as? [String: Any])
        let paths = try #require(contract["paths"] as? [String: [String: Any]])
        let reads = paths.filter { $0.key.hasPrefix("/v1/") && $0.value["get"] != nil }.keys
        try await withShop { shop in
            var requests: [ChangingRequest] = []
            for (number, route) in ChangingRoute.all.enumerated() {
                requests.append(try await route.request(shop, number))
            }
            let session = try shop.query("select id::text from cash_sessions limit 1") ?? ""
            for path in reads {
                let path = path.replacing("{business_id}", with: shop.centro)
                    .replacing("{session_id}", with: session).replacing("{user_id}", with: shop.ana.id)
                    .replacing("{terminal_id}", with: shop.ana.id)
                requests.append(ChangingRequest(person: shop.administrator, method: "GET", path: path))
            }
            #expect(requests.count > 30)
            for table in ["users", "businesses", "business_cashiers", "cash_sessions", "audit_events"] {
                try shop.execute("alter table \(table) rename to gone")
                let sent = requests
                let replies = try await together(sent.count) { try await sent[$0].send(shop) }
                for (request, reply) in zip(sent, replies) where reply.status >= 500 {
                    try expectUnavailable(reply, "not_applied", retryAfter: "30", "\(table): \(request.path)")
                }
                #expect(replies.contains { $0.status == 503 })
                try shop.execute("alter table gone rename to \(table)")
            }
        }
    }
}
