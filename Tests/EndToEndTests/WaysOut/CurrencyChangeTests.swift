import TestSupport
import Testing

@Suite("A change of a business's currency")
struct CurrencyChangeTests {
    private static let dollars = #"{"currency": "USD", "name": "Centro en dólares"}"#

    @Test("A change of currency is refused while sessions are open or ended, lists them, and later succeeds")
    func held() async throws {
        try await withShop { shop in
            let ended = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.ana.change("end", ended).status == 200)
            let open = try await shop.bruno.open(in: shop.centro).json
            _ = try await shop.ana.open(in: shop.villaMorra)
            let path = "/v1/businesses/\(shop.centro)"
            let before = try await shop.administrator.get(path).json
            let refused = try await shop.change(shop.centro, Self.dollars)
            let dialog = try Dialog(refused)
            #expect(try refused.json["code"] == "HAS_OPEN_SESSION")
            #expect(dialog.existing["id"] == open["id"] && dialog.retryTarget == "PATCH \(path)")
            #expect(dialog.names == ["view", "close", "force_close"])
            let sessions = try refused.json["sessions"].items
            #expect(sessions.map { $0["id"] } == [open["id"], ended["id"]], "newest first, of this business")
            #expect(sessions.map { $0["status"] } == ["OPEN", "ENDED"])
            let offered = sessions.map { $0["actions"].items.compactMap { $0["name"].string } }
            #expect(offered == [["view", "close", "force_close"], ["view", "close", "force_close"]])
            #expect(try await shop.administrator.get(path).json == before, "nothing of the change is applied")
            for session in sessions {
                let close = try #require(session["actions"].items.first { $0["name"] == "close" })
                #expect(try await shop.administrator.take(close, #"{"final_cash": 1}"#).status == 200)
            }
            let changed = try await dialog.retry(as: shop.administrator, Self.dollars)
            #expect(changed.status == 200, "\(changed.text)")
            #expect(try changed.json["currency"] == "USD" && changed.json["currency_minor_units"] == 2)
            #expect(try await shop.ana.open(in: shop.centro).json["currency"] == "USD")
        }
    }

    @Test("A change that names the same currency, or none, is allowed while sessions are open")
    func sameValue() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            for body in [
                #"{"currency": "PYG", "stale_after_hours": 20}"#, #"{"name": "Centro"}"#, #"{"currency": null}"#,
            ] {
                let reply = try await shop.change(shop.centro, body)
                #expect(reply.status == 200, "\(body): \(reply.text)")
            }
            #expect(try await shop.change(shop.centro, Self.dollars).status == 409)
        }
    }

    @Test("A session that a handover opens has the currency of the one before it, of which its float is the count")
    func handover() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            try shop.execute("update businesses set currency = 'USD' where id = '\(shop.centro)'")
            let body = #"{"to_cashier_id": "\#(shop.bruno.id)", "final_cash": 1200000}"#
            let next = try await shop.ana.change("handover", first, body)
            #expect(next.status == 201, "\(next.text)")
            #expect(try next.json["initial_cash"] == 1_200_000)
            #expect(try next.json["currency"] == "PYG" && next.json["currency_minor_units"] == 0)
            let existing = try Dialog(try await shop.bruno.open(in: shop.centro)).existing
            #expect(existing["currency"] == "PYG" && existing["currency_minor_units"] == 0)
            #expect(try await shop.bruno.close(try next.json).status == 200)
            #expect(try await shop.bruno.open(in: shop.centro).json["currency"] == "USD")
        }
    }

    @Test("A float is not compared with a count in another currency")
    func openingDifference() async throws {
        try await withShop { shop in
            let body = #"{"initial_cash": 100, "terminal_id": "till-1"}"#
            let first = try await shop.ana.open(in: shop.centro, body).json
            #expect(try await shop.ana.close(first, #"{"final_cash": 300000}"#).status == 200)
            #expect(try await shop.change(shop.centro, #"{"currency": "USD"}"#).status == 200)
            let next = try await shop.ana.open(in: shop.centro, body).json
            #expect(next["currency"] == "USD" && next["opening_difference"] == .null)
            #expect(try await shop.ana.close(next, #"{"final_cash": 130}"#).status == 200)
            #expect(try await shop.ana.open(in: shop.centro, body).json["opening_difference"] == -30)
        }
    }

    @Test("A change of currency waits for an open in flight, and is refused because of the new session")
    func openComesFirst() async throws {
        try await withShop { shop in
            #expect(try await shop.bruno.close(try await shop.bruno.open(in: shop.centro).json).status == 200)
            let lock = try shop.connection()
            try lock.execute("begin; select from business_counters for update")
            async let open = shop.ana.open(in: shop.centro)
            try await shop.untilALockIsWaitedFor()
            async let change = shop.change(shop.centro, Self.dollars)
            try await shop.untilALockIsWaitedFor(by: 2)
            try lock.execute("rollback")
            #expect(try await open.json["currency"] == "PYG")
            #expect(try await change.json["code"] == "HAS_OPEN_SESSION")
        }
    }

    @Test("An open waits for a change of currency in flight, and then has the new currency")
    func changeComesFirst() async throws {
        try await withShop { shop in
            let change = try shop.connection()
            try change.execute(
                """
                begin;
                select from businesses where id = '\(shop.centro)' for update;
                update businesses set currency = 'USD' where id = '\(shop.centro)'
                """)
            async let open = shop.ana.open(in: shop.centro)
            try await shop.untilALockIsWaitedFor()
            try change.execute("commit")
            #expect(try await open.status == 201)
            #expect(try await open.json["currency"] == "USD")
        }
    }

    @Test("Concurrent opens and changes of currency never leave an unfinished session in another currency")
    func race() async throws {
        try await withShop(replicas: 2) { shop in
            let centro = shop.centro
            let mismatches = """
                select count(*)::text from cash_sessions as s
                join businesses as b on b.id = s.business_id
                where s.status <> 'CLOSED' and s.currency <> b.currency
                """
            for round in 0..<30 {
                let change = #"{"currency": "\#(round.isMultiple(of: 2) ? "USD" : "PYG")"}"#
                let replies = try await together(4) { index in
                    let replica = index / 2
                    return switch (index + round / 2) % 2 {
                    case 0: try await shop.at(replica, replica == 0 ? shop.ana : shop.bruno).open(in: centro)
                    default:
                        try await shop.at(replica, shop.administrator).send("PATCH", "/v1/businesses/\(centro)", change)
                    }
                }
                #expect(replies.allSatisfy { [200, 201, 409].contains($0.status) }, "\(replies.map(\.text))")
                #expect(try shop.query(mismatches) == "0", "round \(round): \(replies.map(\.status))")
                for session in try replies.filter({ $0.status == 201 }).map({ try $0.json }) {
                    #expect(try await shop.administrator.close(session).status == 200)
                }
            }
        }
    }
}
