import TestSupport
import Testing

@Suite("PATCH …/sessions/{session_id}")
struct EditTests {
    @Test("An edit sets named fields, clears null ones and keeps the rest, and repeating it changes nothing")
    func edits() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(
                in: shop.centro, #"{"initial_cash": 5, "notes": "mañana", "terminal_id": "caja-1"}"#
            ).json
            let edited = try await shop.ana.edit(
                first, #"{"initial_cash": 6, "notes": null, "declared_cash_sales": 12}"#)
            #expect(edited.status == 200)
            let session = try edited.json
            #expect(session["initial_cash"] == 6 && session["notes"] == .null && session["terminal_id"] == "caja-1")
            #expect(session["version"] == 2 && edited[header: "ETag"] == #""2""#)
            let again = try await shop.ana.edit(first, #"{"initial_cash": 6}"#)
            #expect(try again.json == session, "nothing changed, so there is no new version")
            #expect(try await shop.ana.edit(first, "{}").json == session)
            #expect(try shop.trail(of: first) == ["session.open OPEN", "session.edit OPEN OPEN"])
        }
    }

    @Test("An edit with a stale If-Match is 412")
    func conditional() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let headers = ["If-Match": #""1""#]
            #expect(try await shop.ana.edit(first, #"{"notes": "a"}"#, headers: headers).status == 200)
            let late = try await shop.ana.edit(first, #"{"notes": "b"}"#, headers: headers)
            #expect(late.status == 412)
            #expect(try late.json["current_version"] == 2)
        }
    }

    @Test("A closed session is edited with a reason, and by its cashier only within edit_window_hours")
    func editWindow() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let closed = try await shop.ana.close(first).json
            #expect(closed["allowed_actions"] == .array(["view", "edit", "reconcile"]))
            let silent = try await shop.ana.edit(first, #"{"final_cash": 1}"#)
            #expect(silent.status == 422)
            #expect(try silent.json["errors"][0]["pointer"] == "#/reason")
            let blank = try await shop.ana.edit(first, #"{"final_cash": 1, "reason": "  "}"#)
            #expect(try blank.json["errors"][0]["code"] == "LENGTH")
            #expect(try await shop.ana.edit(first, #"{"final_cash": 1, "reason": "typing error"}"#).status == 200)
            try shop.execute(
                "update cash_sessions set opened_at = opened_at - interval '33 h', closed_at = now() - interval '32.1 h'"
            )
            let late = try await shop.ana.edit(first, #"{"final_cash": 2, "reason": "typing error"}"#)
            #expect(late.status == 403)
            #expect(try late.json["code"] == "EDIT_WINDOW_EXPIRED")
            // Not 304: `allowed_actions` has changed without a new version.
            let seen = try await shop.ana.get(Person.path(of: first), headers: ["If-None-Match": "*"])
            #expect(try seen.json["allowed_actions"] == .array(["view", "reconcile"]))
            let byAdmin = try await shop.administrator.edit(first, #"{"final_cash": 2, "reason": "typing error"}"#)
            #expect(try byAdmin.json["final_cash"] == 2)
            #expect(try shop.trail(of: first).suffix(1) == ["session.edit typing error CLOSED CLOSED"])
        }
    }

    @Test("A session that is not open can be moved only to an active cashier of its business")
    func moves() async throws {
        try await withShop { shop in
            let (admin, nobody) = (shop.administrator, "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d")
            let ended = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.ana.change("end", ended)
            let closed = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.ana.close(closed)
            for session in [ended, closed] {
                for cashier in [shop.carla.id, nobody] {
                    let reply = try await admin.edit(session, #"{"cashier_id": "\#(cashier)", "reason": "wrong name"}"#)
                    #expect(reply.status == 422)
                    #expect(try reply.json["errors"][0]["pointer"] == "#/cashier_id")
                }
                #expect(try await shop.bruno.open(in: shop.centro).status == 201)
                let move = #"{"cashier_id": "\#(shop.bruno.id)", "reason": "wrong name"}"#
                let moved = try await admin.edit(session, move)
                #expect(moved.status == 200, "a session that is not open causes no conflict")
                let current = try await shop.bruno.get("/v1/businesses/\(shop.centro)/sessions/current").json
                #expect(try await shop.bruno.close(current).status == 200)
            }
        }
    }

    @Test(
        "Figures that were entered before a close are kept unless the close names them",
        arguments: ["close", "force-close"])
    func entriesStay(action: String) async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let entered = #"{"card_total": 5000, "expenses": 77, "declared_cash_sales": 9, "closing_ticket": "T-1"}"#
            #expect(try await shop.ana.edit(first, entered).status == 200)
            let closed = try await shop.administrator.change(
                action, first,
                action == "close" ? #"{"final_cash": 1, "expenses": 78}"# : #"{"reason": "r", "expenses": 78}"#
            ).json
            #expect(closed["card_total"] == 5000 && closed["expenses"] == 78)
            #expect(closed["declared_cash_sales"] == 9 && closed["closing_ticket"] == "T-1")
        }
    }

    @Test("A stale If-Match is reported only if no other rule rejects the change")
    func versionComesLast() async throws {
        try await withShop { shop in
            let stale = ["If-Match": #""99""#]
            let closed = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.ana.close(closed)
            #expect(try await shop.ana.edit(closed, #"{"notes": "x"}"#, headers: stale).status == 422)
            let existing = try await shop.ana.open(in: shop.centro).json
            let refused = try await shop.administrator.change("reopen", closed, #"{"reason": "again"}"#, headers: stale)
            #expect(try refused.json["existing_session"]["id"] == existing["id"])
            #expect(try await shop.ana.change("end", existing, headers: stale).status == 412)
        }
    }

    @Test("An edit refuses unknown fields and an early count, and a cashier's edit cannot backdate or move")
    func refused() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let faulty = try await shop.ana.edit(
                first, #"{"business_id": "x", "status": "CLOSED", "initial_cash": null, "card_total": -1}"#)
            #expect(faulty.status == 422)
            let errors = try faulty.json["errors"].items.map {
                "\($0["code"].string ?? "") \($0["pointer"].string ?? "")"
            }
            #expect(
                Set(errors) == [
                    "UNKNOWN_FIELD #/business_id", "UNKNOWN_FIELD #/status", "TYPE #/initial_cash",
                    "RANGE #/card_total",
                ])
            let early = try await shop.ana.edit(first, #"{"final_cash": 1}"#)
            #expect(try early.json["errors"][0]["pointer"] == "#/final_cash")
            let past = #"{"opened_at": "2026-01-02T02:30:00.000Z"}"#
            #expect(try await shop.ana.edit(first, past).status == 403)
            #expect(try await shop.ana.edit(first, #"{"cashier_id": "\#(shop.bruno.id)"}"#).status == 403)
            let backdated = try await shop.administrator.edit(first, past)
            #expect(try backdated.json["business_date"] == "2026-01-01", "23:30 of the day before in Asunción")
            let future = try await shop.administrator.edit(first, #"{"opened_at": "2999-01-01T00:00:00Z"}"#)
            #expect(try future.json["errors"][0]["code"] == "RANGE")
            let nobody = try await shop.administrator.edit(first, #"{"cashier_id": "\#(shop.carla.id)"}"#)
            #expect(try nobody.json["errors"][0]["pointer"] == "#/cashier_id")
        }
    }
}
