import TestSupport
import Testing

/// The entry points to an open session besides open. Each obeys the one-open rule and returns the same 409.
@Suite("The entry points to an open session")
struct EntryPointTests {
    private static let because = #"{"reason": "counted the wrong drawer"}"#

    /// A 409 without its request id.
    private func document(_ reply: Reply) throws -> JSON {
        #expect(reply.status == 409, "\(reply.text)")
        var members = try reply.json.members
        members["instance"] = nil
        members["request_id"] = nil
        // These depend on the refused request.
        members["retry"] = nil
        let own: [JSON] = ["resume", "restore"]
        members["actions"] = .array(members["actions"]?.items.filter { !own.contains($0["name"]) } ?? [])
        return .object(members)
    }

    @Test("Reopen, restore, handover and move return the same 409 as open, byte for byte")
    func sameConflict() async throws {
        try await withShop { shop in
            let admin = shop.administrator
            let closed = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.ana.close(closed).status == 200)
            let deleted = try await shop.ana.open(in: shop.centro).json
            #expect(try await admin.delete(deleted).status == 204)
            let brunos = try await shop.bruno.open(in: shop.centro).json
            let existing = try await shop.ana.open(in: shop.centro).json
            let asOpen = try document(
                try await admin.open(in: shop.centro, #"{"initial_cash": 1, "cashier_id": "\#(shop.ana.id)"}"#))
            #expect(asOpen["existing_session"]["id"] == existing["id"])
            let conflicts = [
                try await admin.change("reopen", closed, Self.because),
                try await admin.change("restore", deleted),
                try await admin.change(
                    "handover", brunos, #"{"to_cashier_id": "\#(shop.ana.id)", "final_cash": 7}"#),
                try await admin.edit(brunos, #"{"cashier_id": "\#(shop.ana.id)"}"#),
                try await admin.change("reopen", existing, Self.because),
            ]
            for conflict in conflicts { #expect(try document(conflict) == asOpen) }
            let open = "select count(*)::text from cash_sessions where status = 'OPEN' and not is_deleted"
            #expect(try shop.query(open) == "2")
            let current = try await shop.bruno.get("/v1/businesses/\(shop.centro)/sessions/current").json
            var before = brunos.members
            // Nobody is free to take the session over.
            before["allowed_actions"] = current["allowed_actions"]
            #expect(current == .object(before), "a rejected handover changes nothing")
        }
    }

    @Test("Reopen, restore and move succeed if the cashier has no open session in the business")
    func noOpenSession() async throws {
        try await withShop { shop in
            let admin = shop.administrator
            let first = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.ana.close(first)
            let reopened = try await admin.change("reopen", first, Self.because)
            #expect(reopened.status == 200)
            #expect(try reopened.json["status"] == "OPEN")
            #expect(try reopened.json["final_cash"] == .null && reopened.json["closed_at"] == .null)
            #expect(reopened[header: "ETag"] == #""3""#)
            #expect(try await shop.ana.open(in: shop.centro).status == 409)
            #expect(try await admin.delete(first).status == 204)
            let restored = try await admin.change("restore", first)
            #expect(try restored.json["status"] == "OPEN" && restored.json["deleted"] == .null)
            let moved = try await admin.edit(first, #"{"cashier_id": "\#(shop.bruno.id)"}"#)
            #expect(try moved.json["cashier_id"].string == shop.bruno.id)
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
            #expect(try await shop.bruno.open(in: shop.centro).status == 409)
            #expect(
                try shop.trail(of: first) == [
                    "session.open OPEN", "session.close OPEN CLOSED",
                    "session.reopen counted the wrong drawer CLOSED OPEN",
                    "session.delete opened by mistake OPEN OPEN", "session.restore OPEN OPEN", "session.edit OPEN OPEN",
                ])
        }
    }

    @Test("A handover closes one session and opens the next with the count as its float, in one transaction")
    func handover() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro, #"{"initial_cash": 100, "terminal_id": "caja-1"}"#)
                .json
            let body = #"{"to_cashier_id": "\#(shop.bruno.id)", "final_cash": 4200, "card_total": 5, "notes": "ok"}"#
            let reply = try await shop.ana.change("handover", first, body, headers: ["Idempotency-Key": "h-1"])
            #expect(reply.status == 201, "\(reply.text)")
            let next = try reply.json
            #expect(reply[header: "Location"] == Person.path(of: next))
            #expect(next["cashier_id"].string == shop.bruno.id && next["opened_by"].string == shop.ana.id)
            #expect(next["initial_cash"] == 4200 && next["session_number"] == 2 && next["terminal_id"] == "caja-1")
            let closed = try await shop.ana.get(Person.path(of: first)).json
            #expect(closed["status"] == "CLOSED" && closed["final_cash"] == 4200 && closed["card_total"] == 5)
            #expect(closed["closed_by"].string == shop.ana.id && closed["closed_at"] == next["opened_at"])
            let again = try await shop.ana.change("handover", first, body, headers: ["Idempotency-Key": "h-1"])
            #expect(again.status == 201 && again.body == reply.body && again[header: "Idempotent-Replayed"] == "true")
            #expect(try shop.trail(of: first) == ["session.open OPEN", "session.handover OPEN CLOSED"])
            #expect(try shop.trail(of: next) == ["session.open OPEN"])
        }
    }

    @Test("A handover requires another active cashier of the business")
    func handoverToNobody() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            for other in [shop.carla.id, shop.ana.id, "0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d"] {
                let reply = try await shop.ana.change(
                    "handover", first, #"{"to_cashier_id": "\#(other)", "final_cash": 1}"#)
                #expect(reply.status == 422)
                #expect(try reply.json["errors"][0]["pointer"] == "#/to_cashier_id")
            }
            #expect(try await shop.ana.change("handover", first, "{}").json["errors"].items.count == 2)
        }
    }

    @Test("A session of a cashier who left the business is restored as ENDED, but not as OPEN")
    func cashierGone() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.administrator.delete(first).status == 204)
            try shop.execute("delete from business_cashiers where cashier_id = '\(shop.ana.id)'")
            let refused = try await shop.administrator.change("restore", first)
            #expect(refused.status == 409)
            #expect(try refused.json["code"] == "CASHIER_NOT_READY")
            let ended = try await shop.administrator.change("restore", first, #"{"as": "ENDED"}"#)
            #expect(try ended.json["status"] == "ENDED" && ended.json["ended_at"] != .null)
        }
    }
}
