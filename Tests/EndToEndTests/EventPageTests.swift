import TestSupport
import Testing

@Suite("The event log page by page")
struct EventPageTests {
    /// All events that a person can see after a position, read in pages.
    private func read(_ person: Person, after position: Int64 = 0, limit: Int = 3) async throws -> [JSON] {
        var (events, next): ([JSON], Int64) = ([], position)
        while true {
            let reply = try await person.get("/v1/events?after=\(next)&limit=\(limit)")
            #expect(reply.status == 200, "\(reply.text)")
            let page = try reply.json
            events += page["items"].items
            next = page["next_after"].integer ?? -1
            if page["items"].items.count < limit { return events }
        }
    }

    private func types(_ person: Person, after position: Int64 = 0) async throws -> [String] {
        try await read(person, after: position).map { $0["type"].string ?? "?" }
    }

    @Test("Every change of a session is one event of the log, in order, for administrators and its cashier")
    func everyChange() async throws {
        try await withShop { shop in
            let (admin, ana) = (shop.administrator, shop.ana)
            let reason = #"{"reason": "the reason of it"}"#
            let first = try await ana.open(in: shop.centro).json
            #expect(try await ana.open(in: shop.centro).status == 409)
            try await eventually("the conflict is in the event log") {
                try await types(ana).contains("session.open_conflict") ? true : nil
            }
            #expect(try await ana.change("end", first).status == 200)
            #expect(try await admin.change("reopen", first, reason).status == 200)
            #expect(try await admin.change("force-close", first, reason).status == 200)
            #expect(try await ana.edit(first, #"{"card_total": 7, "reason": "typing error"}"#).status == 200)
            #expect(try await admin.send("PUT", Person.path(of: first) + "/flag", reason).status == 200)
            #expect(try await admin.send("DELETE", Person.path(of: first) + "/flag").status == 204)
            #expect(try await admin.delete(first).status == 204)
            #expect(try await admin.change("restore", first, reason).status == 200)
            let second = try await ana.open(in: shop.centro).json
            let handover = #"{"to_cashier_id": "\#(shop.bruno.id)", "final_cash": 1}"#
            #expect(try await ana.change("handover", second, handover).status == 201)
            let expected = [
                "open", "open_conflict", "end", "reopen", "force_close", "edit", "flag", "unflag", "delete", "restore",
                "open", "open", "handover",
            ].map { "session." + $0 }
            try await eventually("all is in the event log") { try await types(admin) == expected ? true : nil }
            #expect(try await types(shop.bruno) == ["session.open"], "the one that he took over")
            #expect(try await types(ana) == Array(expected.dropLast(2)) + ["session.handover"])
            let conflict = try await read(ana)[1]
            #expect(conflict["session_id"] == first["id"] && conflict["actor_name"].string == ana.name)
            #expect(try await types(shop.carla).isEmpty)
            #expect(try await types(shop.diego).isEmpty)
        }
    }

    @Test("Reading without a position begins at the end, misses no later event, and positions never change")
    func fromNowOn() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            try await shop.untilSealed()
            let page = try await shop.ana.get("/v1/events").json
            #expect(page["items"].items.isEmpty)
            let now = try #require(page["next_after"].integer)
            #expect(now == 1)
            #expect(try await shop.ana.close(session).status == 200)
            try await eventually("the close is there") {
                try await types(shop.ana, after: now) == ["session.close"] ? true : nil
            }
            let before = try await read(shop.administrator)
            _ = try await shop.bruno.open(in: shop.centro)
            try await shop.untilSealed()
            #expect(try await read(shop.administrator).prefix(before.count) == before[...])
            #expect(try await shop.ana.get("/v1/events?after=3").status == 200)
            let beyond = try await shop.ana.get("/v1/events?after=4")
            #expect(beyond.status == 422)
            #expect(try beyond.json["errors"][0]["parameter"] == "after")
        }
    }

    @Test("A removed assignment, role or account hides its events from the next page on")
    func revoked() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            _ = try await shop.ana.open(in: shop.villaMorra)
            try await shop.untilSealed()
            #expect(try await types(shop.ana).count == 2)
            try shop.execute("delete from business_cashiers where business_id = '\(shop.centro)'")
            #expect(try await read(shop.ana).map { $0["business_id"].string } == [shop.villaMorra])
            try shop.execute("update users set role = 'CASHIER' where id = '\(shop.administrator.id)'")
            #expect(try await types(shop.administrator).isEmpty)
            try shop.execute("update users set is_active = false")
            #expect(try await shop.ana.get("/v1/events?after=0").status == 401)
        }
    }

    @Test("Three readers of four concurrent tills get each event once and in one order")
    func race() async throws {
        try await withShop(replicas: 2) { shop in
            let rounds = 20
            async let orders = together(3) { place -> [Int64] in
                let reader = shop.at(place % 2, shop.administrator)
                var (seen, next): ([Int64], Int64) = ([], 0)
                while seen.count < 4 * 2 * rounds {
                    let page = try await reader.get("/v1/events?after=\(next)&limit=\(place * 3 + 1)").json
                    seen += page["items"].items.compactMap { $0["position"].integer }
                    next = page["next_after"].integer ?? -1
                }
                return seen
            }
            let tills = [
                (shop.ana, shop.centro), (shop.ana, shop.villaMorra), (shop.bruno, shop.centro),
                (shop.carla, shop.corner),
            ]
            _ = try await together(tills.count) { till in
                let (person, business) = tills[till]
                for round in 0..<rounds {
                    let session = try await shop.at((till + round) % 2, person).open(in: business).json
                    #expect(try await shop.at(round % 2, person).close(session).status == 200)
                }
            }
            let expected = (1...Int64(4 * 2 * rounds)).map { $0 }
            for order in try await orders { #expect(order == expected) }
            // No close comes before its open.
            let misplaced = try shop.query(
                """
                select count(*)::text
                from event_feed as o
                join audit_events as a on a.id = o.event_id and a.action = 'session.open'
                join audit_events as b on b.session_id = a.session_id and b.action = 'session.close'
                join event_feed as c on c.event_id = b.id
                where c.position < o.position
                """)
            #expect(misplaced == "0")
        }
    }
}
