import TestSupport
import Testing

/// A commit whose replication wait ended early is unknown: it may still be lost with its server.
@Suite("Without the synchronous standby", .serialized)
struct StandbyTests {
    /// The function that ends the replication wait. The second ends its connection too.
    enum End: String, CaseIterable {
        case cancelled = "pg_cancel_backend"
        case terminated = "pg_terminate_backend"
    }

    @Test(
        "An open and its replay are 503 unknown until the synchronous standby is back",
        arguments: End.allCases)
    func open(end: End) async throws {
        try await withStandby { shop, primary, standby in
            let open = { try await shop.ana.open(in: shop.centro, headers: ["Idempotency-Key": "k"]) }
            try await standby.stop(.immediate)
            for _ in 0..<2 {
                try expectUnknown(try await ending(end, waitsOn: primary, during: open), "the wait was cancelled")
                #expect(try shop.query("select count(*)::text from cash_sessions") == "1")
            }
            let hasty = try await Service(database: Self.waiting(shop.connectionString), settings: Limits.short)
            let unended = try await shop.served(by: [hasty]).ana.open(
                in: shop.centro, headers: ["Idempotency-Key": "k"])
            try expectUnknown(unended, "the statement timeout ended the wait")
            try await standby.start()
            let replay = try await answered(open)
            #expect(replay.status == 201)
            #expect(replay[header: "Idempotent-Replayed"] == "true")
            #expect(try replay.json["id"].string == shop.query("select id::text from cash_sessions"))
        }
    }

    @Test("No stored response of any route is returned before the synchronous standby has confirmed it")
    func replays() async throws {
        try await withStandby { shop, primary, standby in
            var sent: [(route: ChangingRoute, request: ChangingRequest, first: Reply)] = []
            for (number, route) in ChangingRoute.posts.enumerated() {
                let request = try await route.request(shop, number)
                let first = try await request.send(shop, key: "k")
                #expect((200..<300).contains(first.status), "\(route): \(first.text)")
                sent.append((route, request, first))
            }
            try await standby.stop(.immediate)
            for (route, request, _) in sent {
                let replay = try await ending(.cancelled, waitsOn: primary) { try await request.send(shop, key: "k") }
                try expectUnknown(replay, "\(route)")
            }
            try await standby.start()
            for (route, request, first) in sent {
                let replay = try await answered { try await request.send(shop, key: "k") }
                #expect(replay[header: "Idempotent-Replayed"] == "true", "\(route): \(replay.text)")
                #expect(replay.status == first.status && replay.body == first.body, "\(route)")
            }
        }
    }

    @Test("A change whose connection ends in the replication wait is 503 unknown without the standby")
    func connectionEnds() async throws {
        // Changes of a session need an open one, and none can be opened now. A password change counts the attempt
        // first, and that write fails already.
        let routes = ChangingRoute.all.filter { !$0.name.contains("{session_id}") && !$0.name.hasSuffix("/password") }
        try await withStandby { shop, primary, standby in
            try await standby.stop(.immediate)
            for (number, route) in routes.enumerated() {
                let request = try await route.request(shop, number)
                let reply = try await ending(.terminated, waitsOn: primary) { try await request.send(shop) }
                try expectUnknown(reply, "\(route)")
            }
            try await standby.start()
            _ = try await answered { try await shop.administrator.get("/v1/me") }
        }
    }

    @Test("A change that is found by its id after a lost connection is 503 unknown without the standby")
    func foundByID() async throws {
        try await withStandby { shop, primary, standby in
            let session = try await shop.ana.open(in: shop.centro).json
            try await standby.stop(.immediate)
            let opened = try await ending(.terminated, waitsOn: primary) { try await shop.bruno.open(in: shop.centro) }
            try expectUnknown(opened, "an open")
            let edited = try await ending(.terminated, waitsOn: primary) {
                try await shop.ana.edit(session, #"{"notes": "counted twice"}"#)
            }
            try expectUnknown(edited, "an edit")
            // Both changes are in this server only, and would be lost with it.
            let his = "where cashier_id = '\(shop.bruno.id)'"
            #expect(try shop.query("select count(*)::text from cash_sessions \(his)") == "1")
            #expect(try shop.trail(of: session) == ["session.open OPEN", "session.edit OPEN OPEN"])
        }
    }

    // MARK: The standby

    /// Runs a test in a shop whose commits wait for a standby. Writes of the test itself do not wait.
    private func withStandby(
        _ test: (Shop, _ primary: PostgresServer, _ standby: PostgresServer) async throws -> Void
    ) async throws {
        let primary = try await PostgresServer.start(
            settings: ["synchronous_standby_names": "*", "synchronous_commit": "local"])
        let template = try await ShopTemplate.make(on: primary)
        let standby = try await primary.startStandby()
        try await withShop(
            template: template, by: { Self.waiting($0) }, { shop in try await test(shop, primary, standby) })
    }

    /// A connection string whose commits wait for the standby.
    private static func waiting(_ database: String) -> String { "\(database) options='-c synchronous_commit=on'" }

    /// Ends every replication wait, as an administrator or a restart would, until `request` has a response.
    private func ending(
        _ end: End, waitsOn server: PostgresServer, during request: () async throws -> Reply
    ) async throws -> Reply {
        let connection = try server.connect()
        let ender = Task {
            while !Task.isCancelled {
                _ = try connection.query(
                    "select \(end.rawValue)(pid) from pg_stat_activity where wait_event = 'SyncRep'")
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        defer { ender.cancel() }
        return try await request()
    }

    private func expectUnknown(_ reply: Reply, _ comment: Comment) throws {
        #expect(reply.status == 503, "\(comment): \(reply.text)")
        #expect(try reply.json["outcome"] == "unknown", "\(comment): \(reply.text)")
    }

    /// The response once the replication waits have ended.
    private func answered(_ request: () async throws -> Reply) async throws -> Reply {
        try await eventually("the standby is back") {
            let reply = try await request()
            return reply.status == 503 || reply.status == 409 ? nil : reply
        }
    }
}
