import TestSupport
import Testing

@Suite("The external id of a session")
struct ExternalIDTests {
    private static let body = #"{"initial_cash": 150000, "external_id": "POS:2026-11_1.a"}"#
    private static let filter = "external_id=POS:2026-11_1.a"

    @Test("An external id is in the session, its audit event and its replay, and every list finds it")
    func found() async throws {
        try await withShop { shop in
            let key = ["Idempotency-Key": "k"]
            let opened = try await shop.ana.open(in: shop.centro, Self.body, headers: key)
            #expect(opened.status == 201, "\(opened.text)")
            let session = try opened.json
            #expect(session["external_id"] == "POS:2026-11_1.a")
            #expect(try await shop.ana.open(in: shop.centro, Self.body, headers: key).body == opened.body)
            let other = Self.body.replacing("1.a", with: "1.b")
            let reused = try await shop.ana.open(in: shop.centro, other, headers: key)
            #expect(try reused.json["code"] == "IDEMPOTENCY_KEY_REUSED")
            #expect(
                try shop.query("select after ->> 'external_id' from audit_events where action = 'session.open'")
                    == "POS:2026-11_1.a")

            let sessions = "/v1/businesses/\(shop.centro)/sessions"
            for list in [sessions, "/v1/sessions"] {
                for (person, query, ids) in [
                    (shop.ana, "", [session["id"]]), (shop.administrator, "", [session["id"]]), (shop.bruno, "", []),
                    (shop.ana, "&status=OPEN", [session["id"]]), (shop.ana, "&status=CLOSED", []),
                    (shop.administrator, "&deleted=true", []),
                    (shop.administrator, "&cashier_id=\(shop.bruno.id)", []), (shop.ana, "x", []),
                ] {
                    let reply = try await person.get("\(list)?\(Self.filter)\(query)")
                    #expect(reply.status == 200, "\(reply.text)")
                    #expect(try reply.json["items"].items.map { $0["id"] } == ids, "\(list) \(query)")
                }
                #expect(try await shop.ana.get("\(list)?external_id=a%20b").status == 422)
            }
            #expect(try await shop.carla.get("\(sessions)?\(Self.filter)").status == 404)

            #expect(try await shop.ana.open(in: shop.villaMorra, Self.body).status == 201)
            let businesses = try await shop.ana.get("/v1/sessions?\(Self.filter)").json["items"].items
                .map { $0["business_id"].string }
            #expect(businesses == [shop.villaMorra, shop.centro])

            let edit = try await shop.administrator.send(
                "PATCH", Person.path(of: session), #"{"external_id": "other", "reason": "moved"}"#)
            #expect(edit.status == 422)
            let closed = try await shop.ana.close(session)
            #expect(try closed.json["external_id"] == "POS:2026-11_1.a")
        }
    }

    @Test("The external id of a closed or deleted session is taken too, and a taken one hides no open session")
    func taken() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro, Self.body).json
            func expectTaken(_ person: Person) async throws {
                let reply = try await person.open(in: shop.centro, Self.body)
                #expect(reply.status == 409)
                #expect(try reply.json["code"] == "EXTERNAL_ID_TAKEN", "\(reply.text)")
            }
            try await expectTaken(shop.bruno)
            #expect(try await shop.ana.open(in: shop.centro, Self.body).json["code"] == "SESSION_ALREADY_OPEN")
            #expect(try await shop.ana.close(session).status == 200)
            try await expectTaken(shop.ana)
            try shop.execute(
                """
                update cash_sessions set is_deleted = true, delete_reason = 'mistake', deleted_at = now(),
                    deleted_by = '\(shop.administrator.id)'
                """)
            try await expectTaken(shop.ana)
            // A conflict takes no number.
            #expect(try await shop.ana.open(in: shop.centro).json["session_number"] == 2)
        }
    }

    @Test("Of concurrent opens with one external id one succeeds, and a cashier's own gets the open session")
    func race() async throws {
        try await withShop(replicas: 2) { shop in
            let replies = try await together(12) { place in
                try await shop.at(place % 2, [shop.ana, shop.bruno][place / 2 % 2]).open(in: shop.centro, Self.body)
            }
            let winner = try #require(try replies.first { $0.status == 201 }?.json)
            for (place, reply) in replies.enumerated() where reply.status != 201 {
                let isOwn = winner["cashier_id"].string == [shop.ana, shop.bruno][place / 2 % 2].id
                #expect(reply.status == 409, "\(reply.text)")
                #expect(try reply.json["code"] == (isOwn ? "SESSION_ALREADY_OPEN" : "EXTERNAL_ID_TAKEN"))
            }
            #expect(replies.count { $0.status == 201 } == 1)
            #expect(try shop.query("select count(*)::text from cash_sessions") == "1")
        }
    }

    @Test("An open whose external id another transaction takes before it commits is refused by the index")
    func index() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            let other = try shop.connection()
            try other.execute("begin; update cash_sessions set external_id = 'POS:2026-11_1.a'")
            async let waiting = shop.bruno.open(in: shop.centro, Self.body)
            try await shop.untilInsertsWait(1)
            try other.execute("commit")
            let refused = try await waiting
            #expect(refused.status == 409)
            #expect(try refused.json["code"] == "EXTERNAL_ID_TAKEN", "\(refused.text)")
            #expect(try shop.query("select count(*)::text from cash_sessions") == "1")
        }
    }
}
