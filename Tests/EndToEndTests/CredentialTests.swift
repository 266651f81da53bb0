import Foundation
import TestSupport
import Testing

@Suite("Credentials")
struct CredentialTests {
    private func expectRefused(_ person: Person, _ comment: Comment) async throws {
        let reply = try await person.get("/v1/me")
        #expect(reply.status == 401, comment)
        #expect(reply[header: "WWW-Authenticate"] == #"Bearer realm="cashpilot", error="invalid_token""#, comment)
    }

    private func patch(_ shop: Shop, _ person: Person, _ body: String) async throws -> Reply {
        try await shop.administrator.send("PATCH", "/v1/users/\(person.id)", body)
    }

    private func key(_ shop: Shop, of person: Person) async throws -> Person {
        let made = try await shop.run(["key", "create", "--email", person.email, "--name", "export"])
        var script = person
        script.token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
        return script
    }

    @Test("A logout ends its own login at every replica, for good")
    func logout() async throws {
        try await withShop(replicas: 2) { shop in
            let stolen = try shop.loggedIn(shop.ana)
            #expect(try await shop.at(1, stolen).get("/v1/me").status == 200)
            let reply = try await stolen.post("/v1/auth/logout", headers: ["X-Request-Id": "till-7"])
            #expect(reply.status == 204 && reply.body.isEmpty)
            try await expectRefused(stolen, "the replica that revoked it")
            try await expectRefused(shop.at(1, stolen), "another replica, which has it in its cache")
            #expect(try await stolen.post("/v1/auth/logout").status == 401)
            #expect(try await shop.ana.get("/v1/me").status == 200, "another login of hers")
            #expect(
                try shop.query(
                    """
                    select concat_ws(' ', actor_id, cashier_id, client_request_id, request_id <> client_request_id,
                        before ->> 'revoked_at' is null, after ->> 'revoked_at' is not null)
                    from audit_events where action = 'user.logout'
                    """) == "\(shop.ana.id) \(shop.ana.id) till-7 t t t")
            let script = try await key(shop, of: shop.ana)
            #expect(try await script.post("/v1/auth/logout").status == 403, "a key")
        }
    }

    @Test("A change of one's own password revokes the other logins, and keeps the current one and the keys")
    func ownPassword() async throws {
        try await withShop { shop in
            let (stolen, script) = (try shop.loggedIn(shop.ana), try await key(shop, of: shop.ana))
            #expect(try await stolen.get("/v1/me").status == 200)
            let body = #"{"current_password": "\#(shop.ana.password)", "new_password": "una clave nueva"}"#
            #expect(try await shop.ana.post("/v1/me/password", body).status == 204)
            try await expectRefused(stolen, "another login")
            #expect(try await shop.ana.get("/v1/me").status == 200)
            #expect(try await script.get("/v1/me").status == 200)
            #expect(try shop.query("select count(*)::text from audit_events where action = 'credential.revoke'") == "1")
        }
    }

    @Test(
        "A password, role or e-mail that an administrator changes revokes all logins of the account, not its keys",
        arguments: [#"{"password": "una clave nueva"}"#, #"{"role": "ADMIN"}"#, #"{"email": "ana2@x.example"}"#])
    func changed(body: String) async throws {
        try await withShop { shop in
            let (other, script) = (try shop.loggedIn(shop.ana), try await key(shop, of: shop.ana))
            #expect(try await other.get("/v1/me").status == 200)
            #expect(try await patch(shop, shop.ana, body).status == 200)
            try await expectRefused(other, "\(body)")
            try await expectRefused(shop.ana, "\(body)")
            #expect(try await script.get("/v1/me").status == 200)
            #expect(try await shop.bruno.get("/v1/me").status == 200)
            #expect(try shop.query("select count(*)::text from audit_events where action = 'credential.revoke'") == "2")
        }
    }

    @Test("A deactivation revokes logins and keys, and a reactivation revives none")
    func deactivated() async throws {
        try await withShop { shop in
            let script = try await key(shop, of: shop.ana)
            #expect(try await script.get("/v1/me").status == 200)
            #expect(try await patch(shop, shop.ana, #"{"is_active": false}"#).status == 200)
            try await expectRefused(shop.ana, "inactive")
            try await expectRefused(script, "inactive")
            #expect(try await patch(shop, shop.ana, #"{"is_active": true}"#).status == 200)
            try await expectRefused(shop.ana, "active again")
            try await expectRefused(script, "active again")
            #expect(try await shop.loggedIn(shop.ana).get("/v1/me").status == 200)
        }
    }

    @Test("A revoked bearer gets 401, whatever else is wrong with its request")
    func whateverElse() async throws {
        try await withShop { shop in
            let stolen = try shop.loggedIn(shop.ana)
            #expect(try await stolen.get("/v1/me").status == 200, "it is cached")
            #expect(try await stolen.post("/v1/auth/logout").status == 204)
            let sessions = "/v1/businesses/\(shop.centro)/sessions"
            let large = "{\"notes\": \"" + String(repeating: "x", count: 65_536) + "\"}"
            for reply in [
                try await stolen.post(sessions, "{"), try await stolen.post(sessions, "{}"),
                try await stolen.post(sessions, large), try await stolen.get("/v1/businesses/x/sessions"),
                try await stolen.get("\(sessions)?limit=x"),
                try await stolen.post(sessions, "{}", headers: ["Content-Type": "text/plain"]),
            ] {
                #expect(reply.status == 401, "\(reply.text)")
            }
        }
    }

    @Test("A stream ends after its login, and those of other logins continue")
    func stream() async throws {
        try await withShop(replicas: 2) { shop in
            let (stolen, other) = (try shop.loggedIn(shop.ana), shop.ana)
            var (ended, open) = (try await stolen.subscribe(), try await other.subscribe())
            try await ended.begin()
            try await open.begin()
            #expect(try await shop.at(1, stolen).post("/v1/auth/logout").status == 204)
            #expect(try await ended.next() == nil, "no event and no heartbeat ends it")
            _ = try await shop.ana.open(in: shop.centro)
            #expect(try await open.next()?.type == "session.open")
        }
    }

    @Test("Access of administrators changes only with a login that is younger than ten minutes, never with a key")
    func recentLogin() async throws {
        try await withShop { shop in
            let (old, script) = (try shop.loggedIn(shop.administrator), try await key(shop, of: shop.administrator))
            try shop.age(old)
            let admin = #"{"email": "e@x.example", "name": "E", "role": "ADMIN", "password": "una clave larga"}"#
            let path = "/v1/users/\(shop.diego.id)"
            for person in [old, script] {
                for reply in [
                    try await person.post("/v1/users", admin),
                    try await person.send("PATCH", path, #"{"password": "una clave nueva"}"#),
                    try await person.send("PATCH", path, #"{"role": "ADMIN"}"#),
                    try await person.send("PATCH", path, #"{"email": "d@x.example"}"#),
                ] {
                    #expect(reply.status == 403)
                    #expect(try reply.json["code"] == "RECENT_LOGIN_REQUIRED", "\(reply.text)")
                }
                #expect(try await person.send("PATCH", path, #"{"name": "Diego D."}"#).status == 200)
            }
            #expect(try await shop.diego.get("/v1/me").status == 200, "nothing was changed")
            #expect(try await shop.administrator.post("/v1/users", admin).status == 201)
            #expect(try await shop.administrator.send("PATCH", path, #"{"role": "ADMIN"}"#).status == 200)
        }
    }

    @Test("cashpilot user revoke-credentials revokes all logins and keys of an account, and prints how many")
    func command() async throws {
        try await withShop { shop in
            let script = try await key(shop, of: shop.ana)
            #expect(try await script.get("/v1/me").status == 200)
            let revoked = try await shop.run(["user", "revoke-credentials", "--email", shop.ana.email])
            #expect(revoked.status == 0 && revoked.output == "2\n", "\(revoked.errors)")
            try await expectRefused(shop.ana, "her login")
            try await expectRefused(script, "her key")
            #expect(try await shop.bruno.get("/v1/me").status == 200)
            #expect(try await shop.run(["user", "revoke-credentials", "--email", "x@x.example"]).status == 1)
        }
    }
}
