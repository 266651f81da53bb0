import TestSupport
import Testing

@Suite("The ways out of the 409 of reopen, restore, handover and move")
struct EntryPointDialogTests {
    private static let reason = #"{"reason": "counted the wrong drawer"}"#

    @Test("The 409 of a restore offers to restore as ENDED, which succeeds while the existing session stays open")
    func restore() async throws {
        try await withShop { shop in
            let admin = shop.administrator
            let deleted = try await shop.ana.open(in: shop.centro).json
            #expect(try await admin.delete(deleted).status == 204)
            let existing = try await shop.ana.open(in: shop.centro).json
            let refused = try await admin.change("restore", deleted, headers: ["Accept-Language": "en"])
            let dialog = try Dialog(refused)
            #expect(try refused.json["code"] == "SESSION_ALREADY_OPEN")
            #expect(dialog.existing["id"] == existing["id"])
            #expect(dialog.names == ["view", "close", "end", "force_close", "restore"])
            #expect(dialog.retryTarget == "POST \(Person.path(of: deleted))/restore")
            let restore = try dialog.action("restore")
            #expect(restore["title"] == "Restore as ended" && restore["if_match"] == .null)
            #expect(restore["method"] == "POST" && restore["type"] == "application/json")
            let field = restore["fields"][0]
            #expect(field["name"] == "as" && field["required"] == true && field["allowed"] == .array(["ENDED"]))
            let restored = try await dialog.take("restore", as: admin, #"{"as": "ENDED"}"#)
            #expect(restored.status == 200, "\(restored.text)")
            #expect(try restored.json["id"] == deleted["id"] && restored.json["status"] == "ENDED")
            #expect(try await shop.ana.get(Person.path(of: existing)).json["status"] == "OPEN")
        }
    }

    @Test("The 409 of a reopen offers no resume, and the reopen succeeds once the existing session is ended")
    func reopen() async throws {
        try await withShop { shop in
            let closed = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.ana.close(closed).status == 200)
            let existing = try await shop.ana.open(in: shop.centro).json
            let dialog = try Dialog(try await shop.administrator.change("reopen", closed, Self.reason))
            #expect(dialog.existing["id"] == existing["id"])
            #expect(dialog.names == ["view", "close", "end", "force_close"])
            #expect(dialog.retryTarget == "POST \(Person.path(of: closed))/reopen")
            #expect(try await dialog.take("end", as: shop.administrator).status == 200)
            let reopened = try await dialog.retry(as: shop.administrator, Self.reason)
            #expect(reopened.status == 200, "\(reopened.text)")
            #expect(try reopened.json["id"] == closed["id"] && reopened.json["status"] == "OPEN")
        }
    }

    @Test("The 409 of a handover offers no resume, and nothing to a cashier who may not act on the existing session")
    func handover() async throws {
        try await withShop { shop in
            let brunos = try await shop.bruno.open(in: shop.centro).json
            let existing = try await shop.ana.open(in: shop.centro).json
            let body = #"{"to_cashier_id": "\#(shop.ana.id)", "final_cash": 7}"#
            let byCashier = try Dialog(try await shop.bruno.change("handover", brunos, body))
            #expect(byCashier.existing["id"] == existing["id"])
            #expect(byCashier.names == [])
            let dialog = try Dialog(try await shop.administrator.change("handover", brunos, body))
            #expect(dialog.names == ["view", "close", "end", "force_close"])
            #expect(dialog.retryTarget == "POST \(Person.path(of: brunos))/handover")
            #expect(try await dialog.take("close", as: shop.administrator, #"{"final_cash": 3}"#).status == 200)
            let next = try await byCashier.retry(as: shop.bruno, body)
            #expect(next.status == 201, "\(next.text)")
            #expect(try next.json["cashier_id"].string == shop.ana.id && next.json["initial_cash"] == 7)
        }
    }

    @Test("The 409 of a move to another cashier offers no resume, and the move succeeds once that session ended")
    func move() async throws {
        try await withShop { shop in
            let existing = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.administrator.change("force-close", existing, Self.reason).status == 200)
            let brunos = try await shop.bruno.open(in: shop.centro).json
            let second = try await shop.ana.open(in: shop.centro).json
            let body = #"{"cashier_id": "\#(shop.ana.id)"}"#
            let dialog = try Dialog(try await shop.administrator.edit(brunos, body))
            #expect(dialog.existing["id"] == second["id"])
            #expect(dialog.names == ["view", "close", "end", "force_close"])
            #expect(dialog.retryTarget == "PATCH \(Person.path(of: brunos))")
            #expect(try await dialog.take("end", as: shop.administrator).status == 200)
            let moved = try await dialog.retry(as: shop.administrator, body)
            #expect(moved.status == 200, "\(moved.text)")
            #expect(try moved.json["cashier_id"].string == shop.ana.id)
        }
    }
}
