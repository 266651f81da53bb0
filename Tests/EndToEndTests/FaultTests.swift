import Foundation
import TestSupport
import Testing

@Suite("Faults of the running service")
struct FaultTests {
    @Test("An open on a locked table is counted as resent and is 503 not_applied with Retry-After")
    func lockedTable() async throws {
        try await withShop { shop in
            let service = try await Service(database: shop.connectionString, settings: Limits.short)
            try await service.untilConnected()
            let lock = try shop.connection()
            try lock.execute("begin")
            try lock.execute("lock table cash_sessions in share row exclusive mode")
            let before = try await service.count("cashpilot_database_resent_total")
            let refused = try await shop.served(by: [service]).ana.open(in: shop.centro)
            // It leaves its group commit soon, and then waits in its own transaction.
            #expect(try await service.count("cashpilot_database_resent_total") > before)
            #expect(refused.status == 503)
            #expect(try refused.json["outcome"] == "not_applied")
            #expect(refused[header: "Retry-After"] != nil)
            #expect(try await shop.stranger.get("/livez").status == 200)
            try lock.execute("rollback")
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
        }
    }

    @Test("A locked row delays the requests that need it, and no other till")
    func lockedRow() async throws {
        try await withShop(settings: ["DATABASE_POOL_SIZE": "3"]) { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let lock = try shop.connection()
            try lock.execute("begin; select from cash_sessions for update")
            async let closes = together(6) { _ in try await shop.ana.close(session) }
            try await eventually("six closes wait") {
                try await Self.statements(of: shop.services[0]) < 6 ? nil : true
            }
            #expect(try await shop.services[0].count("cashpilot_database_connections_busy") >= 1)
            #expect(try await shop.bruno.open(in: shop.centro).status == 201)
            try lock.execute("rollback")
            let replies = try await closes
            #expect(replies.count { $0.status == 200 } == 1, "\(replies.map(\.status))")
        }
    }

    /// The number of statements that are in flight or wait for a connection.
    private static func statements(of service: Service) async throws -> Int {
        var count = 0
        for name in ["cashpilot_database_in_flight", "cashpilot_database_waiting"] {
            count += try await service.count(name)
        }
        return count
    }

    @Test("Terminated connections are replaced, and reads succeed meanwhile")
    func killedConnections() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            for _ in 0..<5 {
                try shop.execute(
                    """
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid()
                    """)
                #expect(try await shop.ana.get(Person.path(of: session)).status == 200)
            }
            #expect(try await shop.ana.close(session).status == 200)
        }
    }

    @Test("A missing table is 503 not_applied, and a missing schema makes the service unready")
    func noSchema() async throws {
        try await withShop { shop in
            try shop.execute("drop table idempotency_keys")
            let reply = try await shop.ana.open(in: shop.centro)
            #expect(reply.status == 503)
            #expect(try reply.json["outcome"] == "not_applied")
            #expect(!reply.text.contains("idempotency_keys"), "outsiders learn the code, the log learns the rest")
            try shop.execute("drop table schema_migrations")
            #expect(try await shop.stranger.get("/readyz").status == 503)
            try await eventually("the log has the cause") {
                shop.services[0].process.errors.contains("42P01") ? true : nil
            }
        }
    }

    @Test("SIGTERM and SIGINT finish the requests in flight, and the exit status is 0", arguments: [SIGTERM, SIGINT])
    func graceful(signal: Int32) async throws {
        try await withShop(settings: ["SHUTDOWN_TIMEOUT_SECONDS": "120"]) { shop in
            #expect(try await shop.bruno.open(in: shop.centro).status == 201)
            let lock = try shop.connection()
            try lock.execute("begin")
            try lock.execute("select 1 from business_counters for update")
            async let opening = shop.ana.open(in: shop.centro)
            try await shop.untilALockIsWaitedFor()
            shop.services[0].process.signal(signal)
            try await eventually("the shutdown begins") {
                (try? await shop.stranger.get("/readyz"))?.status == 200 ? nil : true
            }
            try lock.execute("rollback")
            #expect(try await opening.status == 201)
            #expect(try await shop.services[0].process.wait() == 0)
        }
    }

    @Test("SIGTERM ends the service within SHUTDOWN_TIMEOUT_SECONDS, even if a request is still arriving")
    func impatient() async throws {
        try await withShop(settings: ["SHUTDOWN_TIMEOUT_SECONDS": "1"]) { shop in
            let service = shop.services[0]
            let port = try #require(service.address.split(separator: ":").last.flatMap { Int($0) })
            let head = "POST /v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            async let answer = RawConnection.talk(to: port) { connection in
                connection.send(head + "Content-Length: 60000\r\n\r\n")
                connection.trickle(" ", milliseconds: 100)
                return connection.received
            }
            try await eventually("the request has begun") {
                try await service.metric("cashpilot_http_requests_in_flight") == "1" ? true : nil
            }
            service.process.signal(SIGTERM)
            #expect(try await service.process.wait() == 0)
            // On a slow machine the limit of a request, 10 s, comes first.
            let text = try await answer
            #expect(text.isEmpty || text.contains("408"), "\(text)")
        }
    }

    @Test("After SIGTERM /readyz is 503 at once, and requests are served for SHUTDOWN_DELAY_SECONDS")
    func delayed() async throws {
        try await withShop(settings: ["SHUTDOWN_DELAY_SECONDS": "60"]) { shop in
            shop.services[0].process.signal(SIGTERM)
            try await eventually("readiness fails") {
                try await shop.stranger.get("/readyz").status == 503 ? true : nil
            }
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
            #expect(try await shop.stranger.get("/livez").status == 200)
            #expect(shop.services[0].process.status == nil)
            let brief = try await Service(database: shop.connectionString, settings: ["SHUTDOWN_DELAY_SECONDS": "1"])
            brief.process.signal(SIGTERM)
            #expect(try await brief.process.wait() == 0)
        }
    }

    @Test("After kill -9 in mid-request PostgreSQL cancels the statement, and a retry has one effect")
    func killed() async throws {
        try await withShop(replicas: 2) { shop in
            let key = ["Idempotency-Key": "once"]
            #expect(try await shop.bruno.open(in: shop.centro).status == 201)
            let lock = try shop.connection()
            try lock.execute("begin")
            try lock.execute("select 1 from business_counters for update")
            async let lost = try? shop.ana.open(in: shop.centro, headers: key)
            try await shop.untilALockIsWaitedFor()
            shop.services[0].process.signal(SIGKILL)
            _ = await lost
            try await shop.untilDeadClientsAreNoticed()
            try lock.execute("rollback")
            let retried = try await shop.at(1, shop.ana).open(in: shop.centro, headers: key)
            #expect(retried.status == 201)
            let hers = "where cashier_id = '\(shop.ana.id)'"
            #expect(try shop.query("select count(*)::text from cash_sessions \(hers)") == "1")
            #expect(try shop.query("select count(*)::text from audit_events \(hers)") == "1")
        }
    }

    @Test("/metrics counts opens, conflicts and database connections")
    func metrics() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            _ = try await shop.ana.open(in: shop.centro)
            var operations = shop.stranger
            operations.address = shop.services[0].managementAddress
            let lines = try await operations.get("/metrics").text.split(separator: "\n")
            #expect(lines.contains("cashpilot_session_conflicts_total 1"))
            let opens = lines.filter { $0.hasPrefix("cashpilot_http_requests_total{") && $0.contains("sessions\"") }
            #expect(opens.contains { $0.contains("201") && $0.hasSuffix(" 1") })
            #expect(opens.contains { $0.contains("409") && $0.hasSuffix(" 1") })
            #expect(lines.contains { $0.hasPrefix("cashpilot_database_connections ") })
            #expect(try await operations.get("/readyz").status == 200)
        }
    }
}
