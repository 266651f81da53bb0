import TestSupport
import Testing

@Suite("The lifecycle of a session")
struct LifecycleTests {
    @Test("End stops a session without a count, the next one can open, and the count follows later")
    func ends() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let ended = try await shop.ana.change("end", first)
            #expect(ended.status == 200)
            #expect(try ended.json["status"] == "ENDED" && ended.json["ended_at"] != .null)
            #expect(try ended.json["allowed_actions"] == .array(["view", "close", "edit", "reconcile"]))
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
            let again = try await shop.ana.change("end", first, "{}")
            #expect(again.status == 409)
            #expect(try again.json["code"] == "SESSION_NOT_OPEN")
            #expect(try again.json["existing_session"]["status"] == "ENDED")
            let closed = try await shop.ana.close(first, #"{"final_cash": 9}"#)
            #expect(closed.status == 200)
            #expect(try closed.json["ended_at"] == ended.json["ended_at"])
        }
    }

    @Test("A repeated key ends a session once, and is rejected for another session")
    func endsOnce() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let other = try await shop.ana.open(in: shop.villaMorra).json
            let headers = ["Idempotency-Key": "end-1"]
            let replies = try await together(6) { _ in try await shop.ana.change("end", first, headers: headers) }
            #expect(replies.contains { $0.status == 200 && $0[header: "Idempotent-Replayed"] == nil })
            #expect(try replies.allSatisfy { try $0.status == 200 || $0.json["code"] == "REQUEST_IN_FLIGHT" })
            let later = try await shop.ana.change("end", first, headers: headers)
            #expect(later.status == 200 && later[header: "Idempotent-Replayed"] == "true")
            #expect(later.body == replies.first { $0.status == 200 }?.body)
            #expect(try shop.trail(of: first) == ["session.open OPEN", "session.end OPEN ENDED"])
            // A key belongs to a business: it is accepted in another business, and rejected in this one.
            #expect(try await shop.ana.change("end", other, headers: headers).status == 200)
            let third = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.ana.change("end", third, headers: headers).json["code"] == "IDEMPOTENCY_KEY_REUSED")
        }
    }

    @Test("An administrator can force-close without a count, which can be added later with a reason")
    func forceClose() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.ana.change("force-close", first, #"{"reason": "x"}"#).status == 403)
            let missing = try await shop.administrator.change("force-close", first)
            #expect(try missing.json["errors"][0]["pointer"] == "#/reason")
            let closed = try await shop.administrator.change("force-close", first, #"{"reason": "left the shop"}"#)
            #expect(closed.status == 200)
            #expect(try closed.json["status"] == "CLOSED" && closed.json["final_cash"] == .null)
            #expect(try closed.json["closed_by"].string == shop.administrator.id)
            #expect(try closed.json["totals"]["cash_sales"] == .null)
            let counted = try await shop.ana.edit(first, #"{"final_cash": 150007, "reason": "counted today"}"#)
            #expect(try counted.json["totals"]["cash_sales"] == 7)
            let twice = try await shop.administrator.change("force-close", first, #"{"reason": "again"}"#)
            #expect(try twice.json["code"] == "SESSION_ALREADY_CLOSED")
            #expect(try twice.json["existing_session"]["final_cash"] == 150_007)
        }
    }

    @Test("A flag has a reason, filters lists, can be removed, and changes no other field")
    func flags() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let (admin, path) = (shop.administrator, Person.path(of: first) + "/flag")
            #expect(try await admin.send("PUT", path, #"{"reason": "huh"}"#).json["errors"][0]["code"] == "LENGTH")
            #expect(try await shop.ana.send("PUT", path, #"{"reason": "short again"}"#).status == 403)
            let flagged = try await admin.send("PUT", path, #"{"reason": "short again"}"#)
            #expect(try flagged.json["flag"]["reason"] == "short again")
            #expect(try flagged.json["flag"]["by"].string == admin.id)
            let list = try await admin.get("/v1/businesses/\(shop.centro)/sessions?flagged=true").json
            #expect(list["items"].items.count == 1)
            #expect(try await admin.send("DELETE", path).status == 204)
            #expect(try await admin.send("DELETE", path).status == 204)
            #expect(try await shop.ana.get(Person.path(of: first)).json["flag"] == .null)
            #expect(
                try shop.trail(of: first) == [
                    "session.open OPEN", "session.flag short again OPEN OPEN", "session.unflag OPEN OPEN",
                ])
        }
    }

    @Test("A deleted session is 404 for its cashier, visible to administrators, and can be restored")
    func deletes() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let admin = shop.administrator
            #expect(try await shop.ana.delete(first).status == 403)
            #expect(try await admin.send("DELETE", Person.path(of: first), "{}").status == 422)
            #expect(try await admin.delete(first).status == 204)
            #expect(try await admin.delete(first).status == 204, "deleted already")
            #expect(try await shop.ana.get(Person.path(of: first)).status == 404)
            let seen = try await admin.get(Person.path(of: first)).json
            #expect(seen["deleted"]["reason"] == "opened by mistake")
            #expect(seen["allowed_actions"] == .array(["view", "reconcile", "restore"]))
            for action in ["end", "close", "reopen", "force-close", "handover"] {
                let body = #"{"reason": "again"}"#
                let fields = [
                    "close": #"{"final_cash": 1}"#, "end": "{}",
                    "handover": #"{"final_cash": 1, "to_cashier_id": "\#(shop.bruno.id)"}"#,
                ]
                let reply = try await admin.change(action, first, fields[action] ?? body)
                #expect(try reply.json["code"] == "SESSION_NOT_OPEN", "\(action)")
            }
            #expect(try await admin.change("restore", first, #"{"as": "CLOSED"}"#).json["errors"][0]["code"] == "ENUM")
            #expect(try await admin.change("restore", first).status == 200)
            #expect(try await admin.change("restore", first).json["code"] == "NOT_DELETED")
            #expect(try shop.trail(of: first).count == 3, "what changed nothing is not recorded")
        }
    }

    @Test("A session that was opened yesterday ends today, and a night shift is closed after midnight")
    func acrossDays() async throws {
        try await withShop { shop in
            let yesterday = try await shop.ana.open(in: shop.centro).json
            let night = try await shop.bruno.open(in: shop.centro).json
            try shop.execute(
                """
                update cash_sessions set opened_at = now() - interval '20 hours', business_date = business_date - 1
                where id = '\(yesterday["id"].string ?? "")';
                update cash_sessions set opened_at = now() - interval '5 hours', business_date = business_date - 1
                where id = '\(night["id"].string ?? "")'
                """)
            let refused = try await shop.ana.open(in: shop.centro).json
            #expect(refused["existing_session"]["stale"] == true)
            let ended = try await shop.ana.change("end", yesterday).json
            #expect(ended["status"] == "ENDED" && ended["stale"] == false)
            let closed = try await shop.bruno.close(night).json
            #expect(closed["status"] == "CLOSED")
            #expect(closed["business_date"] != .null && closed["business_date"] != ended["closed_at"])
        }
    }
}
