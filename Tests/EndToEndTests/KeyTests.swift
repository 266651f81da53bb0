import Foundation
import TestSupport
import Testing

@Suite("API keys")
struct KeyTests {
    private func run(_ shop: Shop, _ arguments: String...) async throws -> String {
        let result = try await shop.run(arguments)
        #expect(result.status == 0, "\(result.errors)")
        return result.output
    }

    private func create(_ shop: Shop, _ options: String...) async throws -> JSON {
        let result = try await shop.run(
            ["key", "create", "--email", shop.ana.email, "--name", "nightly export", "--json"] + options)
        #expect(result.status == 0, "\(result.errors)")
        return try JSON(parsing: Data(result.output.utf8))
    }

    private func holder(_ shop: Shop, _ key: JSON) -> Person {
        var person = shop.stranger
        person.token = key["key"].string
        return person
    }

    @Test("An API key works like a login of its user and is stored only as its SHA-256")
    func works() async throws {
        try await withShop { shop in
            let key = try await create(shop)
            let secret = try #require(key["key"].string)
            let script = holder(shop, key)
            #expect(secret.contains(#/^cpk_[A-Za-z0-9_-]{43}$/#))
            #expect(key["user_id"].string == shop.ana.id)
            #expect(key["expires_at"] == nil)
            #expect(try await script.get("/v1/me").json["id"].string == shop.ana.id)
            #expect(try await script.open(in: shop.centro).status == 201)
            #expect(try await script.open(in: shop.corner).status == 404)
            #expect(try await script.get("/v1/users").status == 403)
            #expect(
                try shop.query(
                    """
                    select concat_ws(' ', count(*), bool_and(secret_hash = sha256('\(secret)')))
                    from credentials where kind = 'API_KEY'
                    """) == "1 t")
            let everything = try shop.query(
                """
                select string_agg(to_jsonb(e)::text, '') || (select string_agg(to_jsonb(k)::text, '') from credentials as k)
                from audit_events as e
                """)
            #expect(everything?.contains(secret) == false)
            #expect(
                try shop.query(
                    """
                    select concat_ws(' ', cashier_id, actor_id, after ->> 'name')
                    from audit_events where action = 'credential.create'
                    """) == "\(shop.ana.id) nightly export")
        }
    }

    @Test("A revoked or expired API key or one of an inactive user is rejected from the next request")
    func refusedAtOnce() async throws {
        try await withShop { shop in
            let key = try await create(shop, "--expires-days", "30")
            let script = holder(shop, key)
            func expectRefused(_ comment: Comment) async throws {
                let reply = try await script.get("/v1/me")
                #expect(reply.status == 401, comment)
                #expect(try reply.json["code"] == "UNAUTHENTICATED", comment)
                let challenge = #"Bearer realm="cashpilot", error="invalid_token""#
                #expect(reply[header: "WWW-Authenticate"] == challenge, comment)
            }
            #expect(try await script.get("/v1/me").status == 200)
            try shop.execute("update users set is_active = false where id = '\(shop.ana.id)'")
            try await expectRefused("inactive")
            try shop.execute("update users set is_active = true where id = '\(shop.ana.id)'")
            #expect(try await script.get("/v1/me").status == 200)
            try shop.execute(
                "update credentials set created_at = now() - interval '31 days', expires_at = now() where kind = 'API_KEY'"
            )
            try await expectRefused("expired")
            try shop.execute("update credentials set expires_at = null where kind = 'API_KEY'")
            #expect(try await script.get("/v1/me").status == 200)
            _ = try await run(shop, "key", "revoke", key["id"].string ?? "")
            try await expectRefused("revoked")
            _ = try await run(shop, "key", "revoke", key["id"].string ?? "")
            #expect(try shop.query("select count(*)::text from audit_events where action = 'credential.revoke'") == "1")
        }
    }

    @Test(
        "A malformed or unknown API key is rejected with 401",
        arguments: [
            "cpk_", "cpk_short", "cpk_" + String(repeating: "A", count: 43), "cpk_" + String(repeating: "A", count: 44),
            "cpk_" + String(repeating: "%", count: 43), "CPK_" + String(repeating: "A", count: 43),
        ])
    func unknown(text: String) async throws {
        try await withShop { shop in
            var person = shop.stranger
            person.token = text
            let reply = try await person.get("/v1/me")
            #expect(reply.status == 401)
            #expect(reply[header: "WWW-Authenticate"] == #"Bearer realm="cashpilot", error="invalid_token""#)
        }
    }

    @Test("API keys are listed without their secrets and created for active accounts only")
    func list() async throws {
        try await withShop { shop in
            let secret = try await run(
                shop, "key", "create", "--email", shop.ana.email, "--name", "a", "--expires-days", "1")
            let second = try await create(shop)
            let lines = JSON.array(
                try await run(shop, "key", "list", "--json").split(separator: "\n")
                    .map { try JSON(parsing: Data($0.utf8)) })
            #expect(lines.items.map { $0["name"] } == ["nightly export", "a"])
            #expect(
                lines[0].members.keys.sorted() == [
                    "created_at", "email", "expires_at", "id", "last_used_at", "name", "revoked_at", "user_id",
                ])
            #expect(lines[1]["expires_at"].string != nil)
            let text = try await run(shop, "key", "list")
            #expect(text.contains(second["id"].string ?? "?"))
            #expect(!text.contains(secret.trimmingCharacters(in: .whitespacesAndNewlines)))
            try shop.execute("update users set is_active = false where id = '\(shop.bruno.id)'")
            for arguments in [
                ["key", "create", "--email", "nobody@x.example", "--name", "a"],
                ["key", "create", "--email", shop.bruno.email, "--name", "a"],
                ["key", "revoke", shop.ana.id],
            ] {
                let refused = try await shop.run(arguments)
                #expect(refused.status == 1)
                #expect(refused.errors.contains("NOT_FOUND"))
            }
        }
    }

    @Test("No response and no log line contains a password, a hash or an API key")
    func secrets() async throws {
        try await withShop(settings: ["LOG_LEVEL": "trace"]) { shop in
            let password = "un secreto de prueba"
            let key = try await create(shop)
            let secret = try #require(key["key"].string)
            let script = holder(shop, key)
            let eva = try await shop.administrator.post(
                "/v1/users", #"{"email": "eva@x.example", "name": "Eva", "password": "\#(password)"}"#,
                headers: ["Idempotency-Key": "k"])
            let user = eva[header: "Location"] ?? ""
            var replies = [
                eva, try await shop.administrator.get(user),
                try await shop.administrator.send("PATCH", user, #"{"password": "\#(password) 2"}"#),
                try await shop.administrator.get("/v1/users"), try await script.get("/v1/me"),
                try await script.post(
                    "/v1/me/password", #"{"current_password": "\#(password)", "new_password": "\#(password) 3"}"#),
                try await script.open(in: shop.centro),
                try await shop.administrator.post("/v1/users", #"{"email": 1, "password": "\#(password)", "x": 1}"#),
            ]
            _ = try await run(shop, "key", "revoke", key["id"].string ?? "")
            replies.append(try await script.get("/v1/me"))
            #expect(replies.map(\.status) == [201, 200, 200, 200, 200, 422, 201, 422, 401])
            try await eventually("the log has all requests") {
                try shop.services[0].log("request").count >= replies.count ? true : nil
            }
            let shown = replies.map { "\($0.headers)" + $0.text }.joined() + shop.services[0].process.errors
            let kept = """
                select coalesce(string_agg(to_jsonb(e)::text, ''), '') from audit_events as e
                """
            for text in [shown, try shop.query(kept) ?? ""] {
                for hidden in [password, secret, "scrypt", "password_hash"] {
                    #expect(!text.contains(hidden), "\(hidden)")
                }
            }
        }
    }
}
