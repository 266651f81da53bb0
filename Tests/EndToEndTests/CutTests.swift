import TestSupport
import Testing

/// Every change carries the ids of what it makes, so that one whose answer was lost can be asked for again.
@Suite("A link to the database that is cut in the middle of a change", .serialized)
struct CutTests {
    private static let settings = ["DATABASE_POOL_SIZE": "1"]

    /// Cuts the link at the first message, then at the second, and so on, until the change gets by without a cut.
    ///
    /// - Parameter change: makes a change from scratch, with `cut` around what is to be disturbed, and judges it.
    private func atEveryMessage(
        of side: DatabaseLine.Side, on line: DatabaseLine, _ shop: Shop,
        _ change: (_ cut: (() async throws -> Reply) async throws -> Reply) async throws -> Void
    ) async throws {
        var cuts = 0
        for place in 0..<100 {
            try await untilWhole(shop)
            var wasCut = false
            try await change { request in
                line.arm(.cut(side, after: place))
                let reply = try await request()
                wasCut = line.disarm() > 0
                try await untilWhole(shop)
                return reply
            }
            guard wasCut else { break }
            cuts += 1
        }
        #expect((4..<100).contains(cuts), "\(side): \(cuts)")
    }

    private func untilWhole(_ shop: Shop) async throws {
        var operations = shop.stranger
        operations.address = shop.services[0].managementAddress
        try await eventually("the pool is whole again") {
            let metrics = try await operations.get("/metrics").text.split(separator: "\n")
            return metrics.contains("cashpilot_database_connections 3") ? true : nil
        }
    }

    @Test(
        "An open is answered 201 with the one session, at whatever message the link is cut",
        arguments: DatabaseLine.Side.allCases)
    func open(side: DatabaseLine.Side) async throws {
        try await DatabaseLine.withShop(settings: Self.settings) { shop, line in
            try await atEveryMessage(of: side, on: line, shop) { cut in
                let reply = try await cut { try await shop.ana.open(in: shop.centro) }
                #expect(reply.status == 201, "\(reply.text)")
                let session = try reply.json
                let open = "from cash_sessions where status = 'OPEN'"
                #expect(try shop.ask("select string_agg(id::text, ',') \(open)") == session["id"].string)
                #expect(try shop.trail(of: session) == ["session.open OPEN"])
                #expect(try await shop.ana.close(session).status == 200)
            }
        }
    }

    @Test(
        "A close is answered 200 with its own figures, at whatever message the link is cut",
        arguments: DatabaseLine.Side.allCases)
    func close(side: DatabaseLine.Side) async throws {
        try await DatabaseLine.withShop(settings: Self.settings) { shop, line in
            var count: Int64 = 0
            try await atEveryMessage(of: side, on: line, shop) { cut in
                count += 1
                let session = try await shop.ana.open(in: shop.centro).json
                let reply = try await cut { try await shop.ana.close(session, #"{"final_cash": \#(count)}"#) }
                #expect(reply.status == 200, "\(reply.text)")
                #expect(try reply.json["final_cash"].integer == count)
                #expect(try shop.trail(of: session) == ["session.open OPEN", "session.close OPEN CLOSED"])
            }
        }
    }

    @Test(
        "A handover opens one session and closes the other, at whatever message the link is cut",
        arguments: DatabaseLine.Side.allCases)
    func handover(side: DatabaseLine.Side) async throws {
        try await DatabaseLine.withShop(settings: Self.settings) { shop, line in
            let body = #"{"to_cashier_id": "\#(shop.bruno.id)", "final_cash": 5}"#
            try await atEveryMessage(of: side, on: line, shop) { cut in
                let session = try await shop.ana.open(in: shop.centro).json
                let reply = try await cut { try await shop.ana.change("handover", session, body) }
                // A transaction that has not reached its commit is not tried again: it did nothing for certain.
                if reply.status == 503 {
                    #expect(try reply.json["outcome"] == "not_applied", "\(reply.text)")
                    #expect(try shop.trail(of: session) == ["session.open OPEN"])
                    #expect(try await shop.ana.close(session).status == 200)
                    return
                }
                #expect(reply.status == 201, "\(reply.text)")
                let next = try reply.json
                #expect(next["initial_cash"] == 5 && next["cashier_id"].string == shop.bruno.id)
                #expect(try shop.trail(of: session) == ["session.open OPEN", "session.handover OPEN CLOSED"])
                #expect(try shop.trail(of: next) == ["session.open OPEN"])
                #expect(try await shop.bruno.close(next).status == 200)
            }
        }
    }

    @Test("A link that falls silent costs a request its time limit, says so, and everything works when it is back")
    func silence() async throws {
        try await DatabaseLine.withShop(
            settings: ["DATABASE_STATEMENT_TIMEOUT_MILLISECONDS": "1600", "DATABASE_POOL_SIZE": "2"]
        ) { shop, line in
            let session = try await shop.ana.open(in: shop.centro).json
            line.arm(.silence)
            let reply = try await shop.ana.close(session)
            #expect(reply.status == 503)
            #expect(try reply.json["outcome"] == "unknown")
            #expect(try await shop.stranger.get("/livez").status == 200)
            line.disarm()
            try await eventually("the service works again") {
                try await shop.ana.get(Person.path(of: session)).status == 200 ? true : nil
            }
            #expect([200, 409].contains(try await shop.ana.close(session).status))
            #expect(try shop.trail(of: session) == ["session.open OPEN", "session.close OPEN CLOSED"])
        }
    }
}
