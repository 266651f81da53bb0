import TestSupport
import Testing

@Suite("Accounts")
struct UserTests {
    private static let body = #"{"email": "Eva@Shop.Example", "name": "Eva", "password": "una clave larga"}"#

    private func faults(_ reply: Reply) throws -> Set<String> {
        Set(try reply.json["errors"].items.map { "\($0["pointer"].string ?? "") \($0["code"].string ?? "")" })
    }

    private func logIn(_ shop: Shop, _ email: String, _ password: String) async throws -> Reply {
        try await shop.stranger.post("/v1/auth/token", #"{"email": "\#(email)", "password": "\#(password)"}"#)
    }

    private func patch(_ shop: Shop, _ person: Person, _ body: String) async throws -> Reply {
        try await shop.administrator.send("PATCH", "/v1/users/\(person.id)", body)
    }

    @Test("An account that an administrator creates can log in, and is a Spanish-speaking cashier by default")
    func create() async throws {
        try await withShop { shop in
            let reply = try await shop.administrator.post("/v1/users", Self.body, headers: ["X-Request-Id": "r-9"])
            let user = try reply.json
            #expect(reply.status == 201)
            #expect(reply[header: "Location"] == "/v1/users/\(user["id"].string ?? "")")
            #expect(
                user.members.keys.sorted() == ["created_at", "email", "id", "is_active", "locale", "name", "role"])
            #expect(user["email"] == "eva@shop.example")
            #expect(user["role"] == "CASHIER")
            #expect(user["locale"] == "es-PY")
            #expect(user["is_active"] == true)
            #expect(try await shop.administrator.get(reply[header: "Location"] ?? "").json == user)
            #expect(try await logIn(shop, "eva@shop.example", "una clave larga").status == 200)
            let other = try await shop.administrator.post(
                "/v1/users",
                """
                {"email": "x@y", "name": "X", "password": "ocho letras", "role": "ADMIN", "locale": "en", "is_active": false}
                """
            ).json
            #expect(other["role"] == "ADMIN")
            #expect(other["locale"] == "en")
            #expect(try await logIn(shop, "x@y", "ocho letras").status == 401)
            #expect(
                try shop.query(
                    """
                    select concat_ws(' ', actor_id, cashier_id, client_request_id, after ->> 'email') from audit_events
                    where action = 'user.create' order by occurred_at, id limit 1
                    """)
                    == "\(shop.administrator.id) \(user["id"].string ?? "") r-9 "
                    + "eva@shop.example")
        }
    }

    @Test("All invalid fields of an account are reported at once")
    func invalid() async throws {
        try await withShop { shop in
            let reply = try await shop.administrator.post(
                "/v1/users",
                """
                {"email": "no address", "name": "", "password": "short", "role": "OWNER", "locale": "fr",
                 "is_active": 1, "password_hash": "x"}
                """)
            #expect(reply.status == 422)
            #expect(
                try faults(reply) == [
                    "#/email FORMAT", "#/name LENGTH", "#/password LENGTH", "#/role ENUM", "#/locale ENUM",
                    "#/is_active TYPE", "#/password_hash UNKNOWN_FIELD",
                ])
            let empty = try await shop.administrator.post("/v1/users", "{}")
            #expect(try faults(empty) == ["#/email REQUIRED", "#/name REQUIRED", "#/password REQUIRED"])
            let long = """
                {"email": "\(String(repeating: "a", count: 251))@b.cd", "name": "4111111111111111",
                 "password": "\(String(repeating: "p", count: 129))"}
                """
            let reply2 = try await patch(shop, shop.ana, long)
            #expect(try faults(reply2) == ["#/email LENGTH", "#/name FORMAT", "#/password LENGTH"])
            let longest = """
                {"email": "\(String(repeating: "a", count: 250))@b.cd", "password": "\(String(repeating: "p", count: 128))"}
                """
            #expect(try await patch(shop, shop.ana, longest).status == 200)
        }
    }

    @Test("An e-mail address that already has an account is rejected, regardless of case")
    func emailTaken() async throws {
        try await withShop { shop in
            let body = #"{"email": "ANA@DEMO.EXAMPLE", "name": "Otra", "password": "ocho letras"}"#
            for reply in [
                try await shop.administrator.post("/v1/users", body),
                try await shop.administrator.post("/v1/users", body, headers: ["Idempotency-Key": "k"]),
                try await patch(shop, shop.bruno, #"{"email": "ANA@DEMO.EXAMPLE"}"#),
            ] {
                #expect(reply.status == 409)
                #expect(try reply.json["code"] == "EMAIL_TAKEN")
            }
            #expect(try await patch(shop, shop.ana, #"{"email": "ANA@DEMO.EXAMPLE"}"#).status == 200, "her own")
        }
    }

    @Test("Of accounts created concurrently for one address one succeeds, and the others are EMAIL_TAKEN")
    func sameAddress() async throws {
        try await withShop(replicas: 2) { shop in
            let replies = try await together(4) { index in
                try await shop.at(index % 2, shop.administrator).post("/v1/users", Self.body)
            }
            #expect(replies.map(\.status).sorted() == [201, 409, 409, 409])
            #expect(try shop.query("select count(*)::text from audit_events where action = 'user.create'") == "1")
        }
    }

    @Test("A repeated key creates one account, and is rejected even if only the password differs")
    func idempotent() async throws {
        try await withShop { shop in
            let key = ["Idempotency-Key": "new-cashier"]
            let first = try await shop.administrator.post("/v1/users", Self.body, headers: key)
            let again = try await shop.administrator.post("/v1/users", Self.body, headers: key)
            #expect(first.status == 201 && again.status == 201)
            #expect(again.body == first.body)
            #expect(again[header: "Idempotent-Replayed"] == "true")
            let other = try await shop.administrator.post(
                "/v1/users", Self.body.replacing("clave", with: "llave"), headers: key)
            #expect(other.status == 422)
            #expect(try other.json["code"] == "IDEMPOTENCY_KEY_REUSED")
            #expect(try shop.query("select count(*)::text from users") == "6")
            #expect(
                try shop.query("select count(*)::text from idempotency_keys where answer::text ~ 'scrypt|password'")
                    == "0")
            let parts = ["", "email", "eva@shop.example", "name", "Eva"]
            let values = parts.map { "\($0.utf8.count):\($0)" }.joined()
            #expect(
                try shop.query(
                    """
                    select count(*)::text from idempotency_keys
                    where fingerprint = sha256(convert_to('\(values)', 'UTF8'))
                    """) == "1", "the fingerprint leaves the password out")
        }
    }

    @Test("A common password is rejected for a new account, an account and one's own")
    func commonPassword() async throws {
        try await withShop { shop in
            let account = #"{"email": "eva@x.example", "name": "Eva", "password": "Password1"}"#
            let own = #"{"current_password": "\#(shop.ana.password)", "new_password": "Password1"}"#
            for reply in [
                try await shop.administrator.post("/v1/users", account),
                try await patch(shop, shop.ana, #"{"password": "Password1"}"#),
                try await shop.ana.post("/v1/me/password", own),
            ] {
                #expect(reply.status == 422)
                #expect(try reply.json["errors"][0]["code"] == "FORMAT")
            }
        }
    }

    @Test("An account change keeps unnamed fields, and its audit event has the differences but no password")
    func update() async throws {
        try await withShop { shop in
            let reply = try await patch(shop, shop.ana, #"{"name": "Ana María", "password": "otra clave larga"}"#)
            #expect(reply.status == 200)
            #expect(try reply.json["name"] == "Ana María")
            #expect(try reply.json["email"].string == shop.ana.email)
            #expect(try await logIn(shop, shop.ana.email, "otra clave larga").status == 200)
            #expect(try await logIn(shop, shop.ana.email, shop.ana.password).status == 401)
            let trail = """
                select count(*) || ' ' || min(before::text) || ' ' || min((after - 'password_sha256')::text)
                from audit_events
                where action = 'user.update' and cashier_id = '\(shop.ana.id)'
                """
            let event = #"1 {"name": "Ana"} {"name": "Ana María", "password_changed": true}"#
            #expect(try shop.query(trail) == event)
            #expect(try await patch(shop, shop.ana, #"{"name": "Ana María", "role": null}"#).status == 200)
            #expect(try shop.query(trail) == event, "what changes nothing is no event")
        }
    }

    @Test("Accounts are listed newest first, page by page")
    func list() async throws {
        try await withShop { shop in
            let eva = try await shop.administrator.post("/v1/users", Self.body).json
            let first = try await shop.administrator.get("/v1/users?limit=4").json
            let cursor = try #require(first["next_cursor"].string)
            let second = try await shop.administrator.get("/v1/users?limit=4&cursor=\(cursor)").json
            #expect(first["items"][0] == eva)
            #expect(Set((first["items"].items + second["items"].items).map { $0["id"] }).count == 6)
            #expect(second["next_cursor"] == nil)
            #expect(try await shop.administrator.get("/v1/users?limit=201").status == 422)
            #expect(try await shop.administrator.get("/v1/users?role=ADMIN").status == 422)
        }
    }

    @Test("Accounts are accessible to administrators only, and an unknown account is 404")
    func refused() async throws {
        try await withShop { shop in
            for reply in [
                try await shop.ana.get("/v1/users"), try await shop.ana.get("/v1/users/\(shop.ana.id)"),
                try await shop.ana.get("/v1/users/\(shop.centro)"), try await shop.ana.post("/v1/users", Self.body),
                try await shop.ana.post("/v1/users", Self.body, headers: ["Idempotency-Key": "k"]),
                try await shop.ana.send("PATCH", "/v1/users/\(shop.ana.id)", #"{"role": "ADMIN"}"#),
                try await shop.ana.send("PATCH", "/v1/users/\(shop.ana.id)", #"{"password": "ocho letras"}"#),
            ] {
                #expect(reply.status == 403)
            }
            for path in ["/v1/users/\(shop.centro)", "/v1/users/me"] {
                #expect(try await shop.administrator.get(path).status == 404)
                #expect(try await shop.administrator.send("PATCH", path, "{}").status == 404)
            }
            #expect(try await shop.stranger.get("/v1/users").status == 401)
            #expect(try shop.query("select count(*)::text from users where role = 'ADMIN'") == "1")
        }
    }

    @Test("Deactivation and role changes take effect from the next request")
    func holdsAtOnce() async throws {
        try await withShop { shop in
            #expect(try await patch(shop, shop.ana, #"{"role": "ADMIN"}"#).status == 200)
            #expect(try await shop.loggedIn(shop.ana).get("/v1/users").status == 200)
            #expect(try await patch(shop, shop.ana, #"{"role": "CASHIER"}"#).status == 200)
            #expect(try await shop.loggedIn(shop.ana).get("/v1/users").status == 403)
            #expect(try await patch(shop, shop.ana, #"{"is_active": false}"#).status == 200)
            for reply in [
                try await shop.ana.get("/v1/me"), try await shop.ana.open(in: shop.centro),
                try await shop.ana.get("/v1/users"), try await shop.ana.get("/v1/businesses/\(shop.centro)"),
                try await shop.ana.get("/v1/businesses/\(shop.centro)/cashiers"),
                try await shop.ana.send("PATCH", "/v1/businesses/\(shop.centro)", "{}"),
                try await shop.ana.send("DELETE", "/v1/businesses/\(shop.centro)/cashiers/\(shop.ana.id)"),
                try await shop.ana.send("PUT", "/v1/businesses/\(shop.centro)/cashiers/\(shop.ana.id)"),
                try await shop.ana.post("/v1/users", Self.body),
                try await shop.ana.post(
                    "/v1/me/password", #"{"current_password": "x", "new_password": "ocho letras"}"#),
            ] {
                #expect(reply.status == 401)
            }
            #expect(try await patch(shop, shop.ana, #"{"is_active": true}"#).status == 200)
            #expect(try await shop.loggedIn(shop.ana).open(in: shop.centro).status == 201)
        }
    }

    @Test("The log line of an account request has no business id")
    func logged() async throws {
        try await withShop { shop in
            let path = "/v1/users/\(shop.ana.id)"
            #expect(try await shop.administrator.get(path).status == 200)
            let line = try await eventually("the log line") { try shop.services[0].log("request").first }
            #expect(line["route"] == "/v1/users/{user_id}")
            #expect(line["business_id"] == nil)
            #expect(line["user_id"].string == shop.administrator.id)
        }
    }

    @Test("The last active administrator can neither be deactivated nor demoted, but one of two can")
    func lastAdministrator() async throws {
        try await withShop { shop in
            for body in [#"{"is_active": false}"#, #"{"role": "CASHIER"}"#, #"{"role": "CASHIER", "name": "X"}"#] {
                let reply = try await patch(shop, shop.administrator, body)
                #expect(reply.status == 409)
                #expect(try reply.json["code"] == "LAST_ADMIN")
            }
            #expect(try await shop.administrator.get("/v1/me").json["name"].string == shop.administrator.name)
            #expect(try await patch(shop, shop.ana, #"{"role": "ADMIN", "is_active": false}"#).status == 200)
            #expect(try await patch(shop, shop.administrator, #"{"role": "CASHIER"}"#).status == 409, "Ana is inactive")
            #expect(try await patch(shop, shop.ana, #"{"is_active": true}"#).status == 200)
            #expect(try await patch(shop, shop.administrator, #"{"role": "CASHIER"}"#).status == 200)
            #expect(try await shop.administrator.get("/v1/users").status == 401, "the new role ended the login")
            #expect(try await shop.loggedIn(shop.administrator).get("/v1/users").status == 403)
        }
    }

    @Test("One of two administrators remains if they demote each other concurrently")
    func demoteEachOther() async throws {
        try await withShop(replicas: 2) { shop in
            for _ in 0..<10 {
                try shop.execute("update users set role = 'ADMIN' where name in ('Alicia', 'Ana')")
                // The winner of the last round has ended the loser's logins.
                let (alicia, ana) = (try shop.loggedIn(shop.administrator), try shop.loggedIn(shop.ana))
                let replies = try await together(2) { index in
                    let (by, of) = index == 0 ? (alicia, ana) : (ana, alicia)
                    return try await shop.at(index, by).send("PATCH", "/v1/users/\(of.id)", #"{"role": "CASHIER"}"#)
                }
                #expect(
                    replies.map(\.status).sorted().first == 200 && [401, 403].contains(replies.map(\.status).max()))
                #expect(try shop.query("select count(*)::text from users where role = 'ADMIN'") == "1")
            }
        }
    }
}
