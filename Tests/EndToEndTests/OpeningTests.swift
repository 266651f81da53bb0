import TestSupport
import Testing

@Suite("POST /v1/businesses/{business_id}/sessions")
struct OpeningTests {
    @Test("Opening a session succeeds with 201, the session, its Location and its ETag", .tags(.ac03))
    func opens() async throws {
        try await withShop { shop in
            let reply = try await shop.ana.open(
                in: shop.centro, #"{"initial_cash": 150000, "terminal_id": "caja-1", "notes": "turno mañana"}"#)
            let session = try reply.json
            #expect(reply.status == 201)
            #expect(reply[header: "Location"] == Person.path(of: session))
            #expect(reply[header: "ETag"] == #""1""#)
            #expect(reply[header: "Cache-Control"] == "no-store")
            #expect(session["status"] == "OPEN")
            #expect(session["session_number"] == 1)
            #expect(session["initial_cash"] == 150_000)
            #expect(session["currency"] == "PYG")
            #expect(session["cashier_id"].string == shop.ana.id)
            #expect(session["opened_by"].string == shop.ana.id)
            #expect(session["terminal_id"] == "caja-1")
            #expect(session["notes"] == "turno mañana")
            #expect(
                session["allowed_actions"]
                    == .array(["view", "close", "end", "edit", "record", "reconcile", "handover"]))
            let seen = try await shop.ana.get(Person.path(of: session))
            #expect(seen.status == 200)
            #expect(try seen.json == session)
        }
    }

    @Test("A duplicate open session in the same business is prevented, and the first is unchanged", .tags(.ac03))
    func duplicatePrevented() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let refused = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 1}"#)
            #expect(refused.status == 409)
            #expect(try refused.json["code"] == "SESSION_ALREADY_OPEN")
            #expect(try await shop.ana.get(Person.path(of: first)).json == first)
            #expect(try shop.query("select count(*)::text from cash_sessions") == "1")
        }
    }

    @Test("A cashier may have open sessions in different businesses", .tags(.ac03))
    func differentBusinesses() async throws {
        try await withShop { (shop: Shop) async throws in
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
            #expect(try await shop.ana.open(in: shop.villaMorra).status == 201)
            #expect(try await shop.bruno.open(in: shop.centro).status == 201)
        }
    }

    @Test("A closed session does not block a new one, which gets the next session number", .tags(.ac03))
    func againAfterClosing() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.ana.close(first).status == 200)
            let second = try await shop.ana.open(in: shop.centro)
            #expect(second.status == 201)
            #expect(try second.json["session_number"] == 2)
            #expect(try second.json["id"] != first["id"])
        }
    }

    @Test("A soft-deleted OPEN session does not block a new one", .tags(.ac03))
    func deletedDoesNotBlock() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            try shop.execute(
                """
                update cash_sessions set is_deleted = true, delete_reason = 'mistake', deleted_at = now(),
                    deleted_by = '\(shop.administrator.id)'
                where id = '\(first["id"].string ?? "")'
                """)
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
            #expect(try await shop.ana.get(Person.path(of: first)).status == 404)
        }
    }

    @Test("An administrator cannot bypass the constraint by role, header, parameter or field", .tags(.ac03))
    func adminCannotBypass() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let forAna = #"{"initial_cash": 1, "cashier_id": "\#(shop.ana.id)""#
            let admin = shop.administrator
            for headers in [[:], ["X-Force": "true"], ["X-Allow-Overlap": "1"], ["If-Match": "*"]] {
                let refused = try await admin.open(in: shop.centro, forAna + "}", headers: headers)
                #expect(refused.status == 409)
                #expect(try refused.json["existing_session"]["id"] == first["id"])
            }
            for field in ["allow_overlap", "force", "status", "is_deleted", "version", "opened_by"] {
                let refused = try await admin.open(in: shop.centro, forAna + #", "\#(field)": true}"#)
                #expect(refused.status == 422)
                #expect(try refused.json["errors"][0]["code"] == "UNKNOWN_FIELD")
                #expect(try refused.json["errors"][0]["pointer"] == .string("#/\(field)"))
            }
            let forced = try await admin.post("/v1/businesses/\(shop.centro)/sessions?force=true", forAna + "}")
            #expect(forced.status == 422)
            let backdated = try await admin.open(in: shop.centro, forAna + #", "opened_at": "2020-01-01T00:00:00Z"}"#)
            #expect(backdated.status == 409)
            #expect(try shop.query("select count(*)::text from cash_sessions") == "1")
        }
    }

    @Test("An administrator can open for a cashier and in the past, and a cashier can do neither")
    func adminOpensForCashier() async throws {
        try await withShop { shop in
            let body = #"{"initial_cash": 5, "cashier_id": "\#(shop.ana.id)", "opened_at": "2026-01-02T02:30:00.000Z"}"#
            let reply = try await shop.administrator.open(in: shop.centro, body)
            #expect(reply.status == 201)
            let session = try reply.json
            #expect(session["cashier_id"].string == shop.ana.id)
            #expect(session["opened_by"].string == shop.administrator.id)
            #expect(session["opened_at"] == "2026-01-02T02:30:00.000Z")
            #expect(session["business_date"] == "2026-01-01", "23:30 of the day before in Asunción")
            #expect(session["stale"] == true)
            #expect(try await shop.bruno.open(in: shop.centro, body).status == 403)
            let own = #"{"initial_cash": 5, "opened_at": "2026-01-02T02:30:00.000Z"}"#
            #expect(try await shop.bruno.open(in: shop.centro, own).status == 403)
        }
    }

    @Test("An administrator may have one open session of their own in any business")
    func adminOpensForThemselves() async throws {
        try await withShop { shop in
            let opened = try await shop.administrator.open(in: shop.corner)
            #expect(opened.status == 201)
            #expect(try opened.json["cashier_id"].string == shop.administrator.id)
            #expect(try await shop.administrator.open(in: shop.corner).status == 409)
        }
    }

    @Test("An administrator's open is rejected for a cashier of another business or a future time")
    func adminNamesWhatFits() async throws {
        try await withShop { shop in
            let stranger = try await shop.administrator.open(
                in: shop.centro, #"{"initial_cash": 5, "cashier_id": "\#(shop.carla.id)"}"#)
            #expect(stranger.status == 422)
            #expect(try stranger.json["errors"][0]["pointer"] == "#/cashier_id")
            let future = try await shop.administrator.open(
                in: shop.centro,
                #"{"initial_cash": 5, "cashier_id": "\#(shop.ana.id)", "opened_at": "2999-01-01T00:00:00Z"}"#)
            #expect(future.status == 422)
            #expect(try future.json["errors"][0]["pointer"] == "#/opened_at")
        }
    }

    @Test("A cashier's open is 404 in a business of others and 403 in an inactive business")
    func businessesThatDoNotOpen() async throws {
        try await withShop { shop in
            let foreign = try await shop.diego.open(in: shop.centro)
            let random = try await shop.diego.open(in: "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d")
            #expect(foreign.status == 404 && random.status == 404)
            #expect(try foreign.json["code"] == random.json["code"] && foreign.json["detail"] == random.json["detail"])
            try shop.execute("update businesses set is_active = false where id = '\(shop.centro)'")
            let inactive = try await shop.ana.open(in: shop.centro)
            #expect(inactive.status == 403)
            #expect(try inactive.json["code"] == "BUSINESS_INACTIVE")
        }
    }

    @Test("An open with on_conflict=resume is 201 with a new session, then 200 with the existing one")
    func resumes() async throws {
        try await withShop { shop in
            let path = "/v1/businesses/\(shop.centro)/sessions?on_conflict=resume"
            let first = try await shop.ana.post(path, #"{"initial_cash": 10}"#)
            #expect(first.status == 201)
            let second = try await shop.ana.post(path, #"{"initial_cash": 20}"#)
            #expect(second.status == 200)
            #expect(try second.json == first.json)
            #expect(second[header: "ETag"] == #""1""#)
        }
    }

    @Test("Every open writes one audit event with the new session, in the same transaction")
    func audited() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro, headers: ["X-Request-Id": "till-7.42"]).json
            let id = session["id"].string ?? ""
            let event = try shop.query(
                """
                select concat_ws(
                    ' ', count(*) over (), e.action, e.actor_id, e.cashier_id, e.client_request_id, e.before is null,
                    e.after ->> 'id', e.xmin = s.xmin
                )
                from audit_events as e join cash_sessions as s on s.id = '\(id)'
                where e.action like 'session.%'
                """)
            #expect(event == "1 session.open \(shop.ana.id) \(shop.ana.id) till-7.42 t \(id) t")
        }
    }
}
