import Foundation
import TestSupport
import Testing

@Suite("The event log as a stream")
struct EventStreamTests {
    @Test("An event at one replica is streamed at another to its cashier and administrators, to nobody else")
    func live() async throws {
        try await withShop(replicas: 2) { shop in
            var ana = try await shop.at(1, shop.ana).subscribe()
            var bruno = try await shop.at(1, shop.bruno).subscribe()
            var admin = try await shop.at(1, shop.administrator).subscribe()
            #expect(ana.status == 200 && ana.contentType == "text/event-stream")
            try await ana.begin()
            try await bruno.begin()
            try await admin.begin()
            let session = try await shop.ana.open(in: shop.centro).json
            let first = try #require(try await ana.next())
            #expect(first.id == "1" && first.type == "session.open")
            #expect(first.data["session_id"] == session["id"] && first.data["position"] == 1)
            #expect(try await admin.next()?.id == "1")
            _ = try await shop.bruno.open(in: shop.centro)
            #expect(try await bruno.next()?.id == "2", "the first was not for him")
            #expect(try await admin.next()?.id == "2")
            #expect(try await shop.administrator.change("force-close", session, #"{"reason": "left"}"#).status == 200)
            #expect(try await ana.next()?.type == "session.force_close", "the second was not for her")
        }
    }

    @Test("An event without a wake-up is streamed at the next poll")
    func polled() async throws {
        try await withShop { shop in
            var admin = try await shop.administrator.subscribe()
            try await admin.begin()
            for _ in 0..<3 {
                try shop.execute(
                    """
                    insert into audit_events (business_id, id, action, cashier_id, session_id)
                    values ('\(shop.centro)', gen_random_uuid(), 'session.open', '\(shop.ana.id)', gen_random_uuid());
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where query like 'listen %' and datname = current_database()
                    """)
                #expect(try await admin.next()?.type == "session.open")
            }
        }
    }

    @Test("A stream resumes after Last-Event-ID, at another process and after a restart")
    func resumes() async throws {
        try await withShop(replicas: 2) { shop in
            var stream = try await shop.administrator.subscribe("?after=0")
            let first = try await shop.ana.open(in: shop.centro).json
            #expect(try await stream.next()?.id == "1")
            shop.services[0].process.signal(SIGTERM)
            #expect(try await stream.next() == nil, "it ends, and is not cut")
            #expect(try await shop.services[0].process.wait() == 0)
            let elsewhere = shop.at(1, shop.administrator)
            _ = try await shop.at(1, shop.ana).close(first)
            let last = ["Last-Event-ID": stream.lastID]
            var other = try await elsewhere.subscribe("?after=0", headers: last)
            #expect(try await other.next()?.type == "session.close")
            shop.services[1].process.signal(SIGKILL)
            let service = try await Service(database: shop.connectionString)
            let again = shop.served(by: [service])
            _ = try await again.ana.open(in: shop.centro)
            var third = try await again.administrator.subscribe(headers: last)
            #expect(try await third.next(2).map(\.id) == ["2", "3"])
            var fromPage = try await again.administrator.subscribe("?after=2&limit=1")
            #expect(try await fromPage.next()?.id == "3")
        }
    }

    @Test("A stream catches up over several pages and then continues with new events")
    func catchesUp() async throws {
        try await withShop { shop in
            try await Self.placeHistory(of: shop, 1_000)
            var stream = try await shop.ana.subscribe("?after=0&limit=200")
            let ids = try await stream.next(1_000).map(\.id)
            #expect(ids == (1...1_000).map { "\($0)" })
            _ = try await shop.ana.open(in: shop.centro)
            #expect(try await stream.next()?.id == "1001")
        }
    }

    @Test("Streams are limited to eight per user and half of all connections, and a closed one frees its place")
    func limits() async throws {
        try await withShop(settings: ["HTTP_CONNECTIONS_MAX": "24"]) { shop in
            var streams: [EventStreamReader] = []
            for _ in 0..<8 { streams.append(try await shop.ana.subscribe()) }
            let ninth = try await shop.ana.get("/v1/events", headers: ["Accept": "text/event-stream"])
            #expect(ninth.status == 429 && ninth[header: "Retry-After"] == "5")
            for _ in 0..<4 { streams.append(try await shop.bruno.subscribe()) }
            let full = try await shop.carla.get("/v1/events", headers: ["Accept": "text/event-stream"])
            #expect(try full.status == 503 && full.json["outcome"] == "not_applied")
            #expect(try await shop.carla.get("/v1/events").status == 200)
            #expect(try await shop.services[0].metric("cashpilot_event_streams") == "12")
            let connections = try shop.query(
                "select count(*)::text from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            )
            #expect(Int(connections ?? "") ?? 99 <= 2 + 2 + 2 + 2 + 1, "the pool's, and the one that listens")
            streams.removeAll()
            try await eventually("all have left") {
                try await shop.services[0].metric("cashpilot_event_streams") == "0" ? true : nil
            }
            #expect(try await shop.carla.subscribe().status == 200)
        }
    }

    @Test("A deactivated account, a removed assignment or a revoked key ends or empties a stream at once")
    func revoked() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let other = try await shop.ana.open(in: shop.villaMorra).json
            try await shop.untilSealed()
            let key = try JSON(
                parsing: Data(
                    try await shop.run(["key", "create", "--email", shop.ana.email, "--name", "k", "--json"]).output
                        .utf8))
            var holder = shop.ana
            holder.token = key["key"].string
            var (byKey, ana) = (try await holder.subscribe(), try await shop.ana.subscribe())
            try await byKey.begin()
            try await ana.begin()
            #expect(try await shop.run(["key", "revoke", key["id"].string ?? ""]).status == 0)
            try shop.execute("delete from business_cashiers where business_id = '\(shop.centro)'")
            let reason = #"{"reason": "left"}"#
            #expect(try await shop.administrator.change("force-close", session, reason).status == 200)
            #expect(try await byKey.next() == nil)
            #expect(try await shop.administrator.change("force-close", other, reason).status == 200)
            #expect(try await ana.next()?.data["session_id"] == other["id"], "the one in the business that is left")
            try shop.execute("update users set is_active = false where id = '\(shop.ana.id)'")
            #expect(try await shop.administrator.delete(other).status == 204)
            #expect(try await ana.next() == nil)
        }
    }

    @Test("An idle stream gets heartbeats and outlives HTTP_IDLE_TIMEOUT_SECONDS")
    func heartbeat() async throws {
        // A heartbeat is sent every 15 s.
        try await withShop(settings: ["HTTP_IDLE_TIMEOUT_SECONDS": "10"]) { shop in
            var (ana, bruno) = (try await shop.ana.subscribe(), try await shop.bruno.subscribe())
            try await ana.begin()
            try await bruno.begin()
            try await ana.comment()  // With the first page, which is empty.
            try await bruno.comment()
            try shop.execute("update users set is_active = false where id = '\(shop.ana.id)'")
            try await bruno.comment()
            #expect(try await ana.next() == nil, "the next heartbeat detects it")
        }
    }

    @Test("A subscriber that does not read is disconnected")
    func slow() async throws {
        try await withShop { shop in
            try await Self.placeHistory(of: shop, 40_000)
            let port = try #require(Int(shop.services[0].address.split(separator: ":").last ?? ""))
            let token = shop.ana.token ?? ""
            let service = shop.services[0]
            let connection = try #require(RawConnection(port: port))
            connection.send(
                """
                GET /v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer \(token)\r\n\r\n
                """)
            try await eventually("it is cut off") {
                try await service.metric("cashpilot_event_streams_cut_total") == "1" ? true : nil
            }
            try await eventually("it is gone") {
                try await service.metric("cashpilot_event_streams") == "0" ? true : nil
            }
            withExtendedLifetime(connection) {}
        }
    }

    @Test("SIGTERM ends the process without waiting for a stream that is not read")
    func shutdown() async throws {
        try await withShop(settings: ["SHUTDOWN_TIMEOUT_SECONDS": "300"]) { shop in
            try await Self.placeHistory(of: shop, 40_000)
            let port = try #require(Int(shop.services[0].address.split(separator: ":").last ?? ""))
            let connection = try #require(RawConnection(port: port))
            connection.send(
                """
                GET /v1/events?after=0 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\
                Authorization: Bearer \(shop.ana.token ?? "")\r\n\r\n
                """)
            var waiting: [EventStreamReader] = []
            for _ in 0..<7 { waiting.append(try await shop.ana.subscribe()) }
            try await eventually("all streams are open") {
                try await shop.services[0].metric("cashpilot_event_streams") == "8" ? true : nil
            }
            // Enough time to fill the socket buffers of the unread stream.
            try await Task.sleep(for: .seconds(1))
            shop.services[0].process.signal(SIGTERM)
            #expect(try await shop.services[0].process.wait() == 0)
            for var stream in waiting { #expect(try await stream.next() == nil) }
            withExtendedLifetime(connection) {}
        }
    }

    @Test("A stream survives the loss of all database connections")
    func databaseLost() async throws {
        try await withShop { shop in
            var admin = try await shop.administrator.subscribe()
            try await admin.begin()
            for _ in 0..<3 {
                try shop.execute(
                    """
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid()
                    """)
                let opened = try await eventually("an open") {
                    let reply = try await shop.ana.open(in: shop.centro)
                    return reply.status == 201 ? reply : nil
                }
                #expect(try await admin.next()?.type == "session.open")
                #expect(try await shop.ana.close(try opened.json).status == 200)
                #expect(try await admin.next()?.type == "session.close")
            }
        }
    }

    /// Inserts events of Ana's into the event log.
    private static func placeHistory(of shop: Shop, _ count: Int) async throws {
        try shop.execute(
            """
            insert into audit_events (business_id, id, action, cashier_id, session_id)
            select '\(shop.centro)', gen_random_uuid(), 'session.edit', '\(shop.ana.id)', gen_random_uuid()
            from generate_series(1, \(count))
            """)
        try await eventually("all have their place") {
            _ = try shop.query("select place_audit_events(\(count))::text")
            return try shop.query("select count(*)::text from event_feed") == "\(count)" ? true : nil
        }
    }
}
