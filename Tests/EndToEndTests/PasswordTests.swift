import TestSupport
import Testing

@Suite("POST /v1/me/password")
struct PasswordTests {
    private static let new = "una clave nueva"

    private func change(
        _ person: Person, from current: String, to new: String = Self.new, headers: [String: String] = [:]
    ) async throws -> Reply {
        try await person.post(
            "/v1/me/password", #"{"current_password": "\#(current)", "new_password": "\#(new)"}"#, headers: headers)
    }

    private func canLogIn(_ shop: Shop, _ password: String) async throws -> Bool {
        try await shop.stranger.post(
            "/v1/auth/token", #"{"email": "\#(shop.ana.email)", "password": "\#(password)"}"#
        ).status == 200
    }

    @Test("A user who sends their current password sets a new one, and only the new one logs in")
    func changes() async throws {
        try await withShop { shop in
            let reply = try await change(shop.ana, from: shop.ana.password, headers: ["X-Request-Id": "till-9"])
            #expect(reply.status == 204)
            #expect(reply.body.isEmpty)
            #expect(try await canLogIn(shop, Self.new))
            #expect(try await canLogIn(shop, shop.ana.password) == false)
            #expect(
                try shop.query(
                    """
                    select concat_ws(' ', action, actor_id, cashier_id, client_request_id, before, e.name)
                    from audit_events, jsonb_object_keys(after) as e (name) where action = 'user.password'
                    """)
                    == "user.password \(shop.ana.id) \(shop.ana.id) till-9 password_sha256")
        }
    }

    @Test("A wrong current password is reported at its field and changes nothing")
    func wrong() async throws {
        try await withShop { shop in
            let reply = try await change(shop.ana, from: "not this")
            #expect(reply.status == 422)
            #expect(try reply.json["errors"][0]["pointer"] == "#/current_password")
            #expect(try reply.json["detail"] == "La contraseña actual no es correcta.")
            for new in ["short", String(repeating: "x", count: 129), #"tab\tin it"#] {
                let weak = try await change(shop.ana, from: shop.ana.password, to: new)
                #expect(weak.status == 422)
                #expect(try weak.json["errors"][0]["pointer"] == "#/new_password")
            }
            let empty = try await shop.ana.post("/v1/me/password", "{}")
            #expect(try empty.json["errors"].items.map { $0["code"] } == ["REQUIRED", "REQUIRED"])
            #expect(try await canLogIn(shop, shop.ana.password))
            #expect(try shop.query("select count(*)::text from audit_events where action = 'user.password'") == "0")
        }
    }

    @Test("A repeated password change is replayed with its key, and is 422 without a key")
    func replays() async throws {
        try await withShop { shop in
            let key = ["Idempotency-Key": "change"]
            #expect(try await change(shop.ana, from: shop.ana.password, headers: key).status == 204)
            let again = try await change(shop.ana, from: shop.ana.password, headers: key)
            #expect(again.status == 204)
            #expect(again[header: "Idempotent-Replayed"] == "true")
            let other = try await change(shop.ana, from: shop.ana.password, to: "otra distinta", headers: key)
            #expect(try other.json["code"] == "IDEMPOTENCY_KEY_REUSED")
            #expect(try await change(shop.ana, from: shop.ana.password).status == 422)
        }
    }

    @Test("Of two concurrent password changes one succeeds")
    func together() async throws {
        try await withShop(replicas: 2) { shop in
            let replies = try await TestSupport.together(2) { index in
                try await change(
                    shop.at(index, shop.ana), from: shop.ana.password, to: "clave numero \(index)")
            }
            #expect(replies.map(\.status).sorted() == [204, 422])
            #expect(try shop.query("select count(*)::text from audit_events where action = 'user.password'") == "1")
        }
    }
}
