import TestSupport
import Testing

/// Every change has change ids, so that its retry after a lost response finds its effect.
@Suite("Database connections cut during a change")
struct CutTests {
    private static let settings = ["DATABASE_POOL_SIZE": "1", "DATABASE_GROUPED_WRITES": "1"]

    /// Cuts the connection at one message after another, until a change succeeds without a cut, or up to 100 messages.
    ///
    /// The service's own statements pass too while a change takes seconds on a busy machine.
    ///
    /// A change of one statement is cut at every message. Transactions share dozens of messages: each is cut at every
    /// third, the next route beginning one message later, so that together they are cut at every message. A change
    /// that hashes a password takes seconds and is cut at the first message and every ninth after it.
    ///
    /// - Parameter change: prepares, sends and checks a change; it sends it in `cut`.
    private func atMessages(
        of side: DatabaseLine.Side, on line: DatabaseLine, _ shop: Shop, changedBy route: ChangingRoute,
        _ change: (_ cut: (() async throws -> Reply) async throws -> Reply) async throws -> Void
    ) async throws {
        let step = route.isSlow ? 9 : route.isOneStatement ? 1 : 3
        let number = try #require(ChangingRoute.all.firstIndex { $0.name == route.name })
        var cuts = 0
        for place in stride(from: route.isSlow ? 0 : number % step, to: 100, by: step) {
            try await shop.services[0].untilConnected()
            var wasCut = false
            try await change { request in
                line.arm(.cut(side, after: place))
                let reply = try await request()
                wasCut = line.disarm() > 0
                try await shop.services[0].untilConnected()
                return reply
            }
            guard wasCut else { break }
            cuts += 1
        }
        #expect(cuts >= 1 && (cuts + 1) * step >= 4, "\(side): \(cuts)")
    }

    @Test(
        "A change cut at any message to the database succeeds or is not_applied, and its retry applies it once",
        arguments: ChangingRoute.all)
    func requests(of route: ChangingRoute) async throws { try await isDoneOnce(route, cutting: .requests) }

    @Test(
        "A change cut at any message from the database succeeds or is not_applied, and its retry applies it once",
        arguments: ChangingRoute.all)
    func answers(to route: ChangingRoute) async throws { try await isDoneOnce(route, cutting: .answers) }

    private func isDoneOnce(_ route: ChangingRoute, cutting side: DatabaseLine.Side) async throws {
        try await DatabaseLine.withShop(settings: Self.settings) { shop, line in
            let elsewhere = try await Service(database: shop.connectionString)
            var number = 0
            try await atMessages(of: side, on: line, shop, changedBy: route) { cut in
                number += 1
                let key = route.method == "POST" ? "k-\(number)" : nil
                var request = try await route.request(shop, number)
                let before = try shop.changes()
                let first = try await cut { [request] in try await request.send(shop, key: key) }
                try expectAllOrNothing(first, of: route, in: shop, since: before)
                request.person.address = elsewhere.address
                let again = try await answered(request, shop, key: key)
                #expect((200..<300).contains(again.status), "\(again.text)")
                if key != nil {
                    #expect((again[header: "Idempotent-Replayed"] == "true") == (first.status != 503))
                    #expect(first.status == 503 || again.body == first.body)
                }
                let changes = try shop.changes() - before
                #expect(changes == route.events || (route.isReplacement && changes == 2 * route.events))
            }
        }
    }

    @Test(
        "A change without a key is found by its change ids after a cut at any message from the database",
        arguments: ChangingRoute.posts)
    func withoutKey(route: ChangingRoute) async throws {
        try await DatabaseLine.withShop(settings: Self.settings) { shop, line in
            var number = 0
            try await atMessages(of: .answers, on: line, shop, changedBy: route) { cut in
                number += 1
                let request = try await route.request(shop, number)
                let before = try shop.changes()
                let first = try await cut { try await request.send(shop) }
                try expectAllOrNothing(first, of: route, in: shop, since: before)
                guard first.status == 503 else { return }
                let again = try await request.send(shop)
                #expect((200..<300).contains(again.status), "\(again.text)")
                #expect(try shop.changes() == before + route.events)
            }
        }
    }

    /// Expects that a change whose connection was cut succeeded, or is 503 not_applied without an effect.
    private func expectAllOrNothing(
        _ reply: Reply, of route: ChangingRoute, in shop: Shop, since before: Int
    ) throws {
        if reply.status == 503 {
            // Only a transaction before its commit is not retried: it certainly has no effect.
            #expect(!route.isOneStatement, "\(reply.text)")
            #expect(try reply.json["outcome"] == "not_applied", "\(reply.text)")
            #expect(try shop.changes() == before)
        } else {
            #expect((200..<300).contains(reply.status), "\(reply.text)")
            #expect(try shop.changes() == before + route.events)
        }
    }

    /// The response to a retry, which is repeated while the first request is in flight.
    private func answered(_ request: ChangingRequest, _ shop: Shop, key: String?) async throws -> Reply {
        try await eventually("the first request is over") {
            let reply = try await request.send(shop, key: key)
            return try reply.status == 409 && reply.json["code"] == "REQUEST_IN_FLIGHT" ? nil : reply
        }
    }

    @Test("A change on a silent link is 503 unknown after its time limit, and the service recovers")
    func silence() async throws {
        var settings = Limits.settings(connect: 1_000, pool: 2_000, lock: 2_200, statement: 2_400, request: 4_000)
        settings["DATABASE_POOL_SIZE"] = "2"
        try await DatabaseLine.withShop(settings: settings) { shop, line in
            let elsewhere = shop.served(by: [try await Service(database: shop.connectionString)])
            let session = try await elsewhere.ana.open(in: shop.centro).json
            try await shop.services[0].untilConnected()
            // The service knows the bearer, so the first statement of the close is the close.
            #expect(try await shop.ana.get("/v1/me").status == 200)
            line.arm(.silence)
            let reply = try await shop.ana.close(session)
            #expect(reply.status == 503)
            #expect(try reply.json["outcome"] == "unknown")
            #expect(try await shop.services[0].count("cashpilot_database_unknown_outcomes_total") >= 1)
            #expect(try await shop.stranger.get("/livez").status == 200)
            line.disarm()
            try await eventually("the service works again") {
                try await shop.ana.get(Person.path(of: session)).status == 200 ? true : nil
            }
            // Writes have separate connections, which may recover later.
            let closed = try await eventually("a close is answered") {
                let reply = try await shop.ana.close(session)
                return reply.status == 503 ? nil : reply
            }
            #expect(closed.status == 200, "the silent close never came to the database: \(closed.text)")
            #expect(try shop.trail(of: session) == ["session.open OPEN", "session.close OPEN CLOSED"])
        }
    }
}
