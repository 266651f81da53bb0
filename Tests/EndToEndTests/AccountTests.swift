import TestSupport
import Testing

@Suite("Authentication")
struct AccountTests {
    @Test("A login returns a valid token, regardless of the case of the e-mail address")
    func logsIn() async throws {
        try await withShop { shop in
            let reply = try await shop.stranger.post(
                "/v1/auth/token", #"{"email": "ANA@Demo.Example", "password": "\#(shop.ana.password)"}"#)
            let answer = try reply.json
            #expect(reply.status == 200)
            #expect(reply[header: "Cache-Control"] == "no-store")
            #expect(answer["token_type"] == "Bearer")
            #expect(answer["expires_in"] == 43_200)
            #expect(answer["user"]["id"].string == shop.ana.id)
            #expect(answer["user"].members.keys.sorted() == ["email", "id", "locale", "name", "role"])
            var person = shop.stranger
            person.token = answer["access_token"].string
            #expect(try await person.get("/v1/me").json["id"].string == shop.ana.id)
        }
    }

    @Test("A wrong password, an unknown address and an inactive account get identical responses")
    func wrongCredentials() async throws {
        try await withShop { shop in
            try shop.execute("update users set is_active = false where id = '\(shop.bruno.id)'")
            var answers: Set<JSON> = []
            for (email, password) in [
                (shop.ana.email, "wrong"), ("nobody@demo.example", "wrong"), (shop.bruno.email, shop.bruno.password),
            ] {
                let reply = try await shop.stranger.post(
                    "/v1/auth/token", #"{"email": "\#(email)", "password": "\#(password)"}"#)
                #expect(reply.status == 401)
                var members = try reply.json.members
                members["instance"] = nil
                members["request_id"] = nil
                answers.insert(.object(members))
            }
            #expect(answers.count == 1)
            #expect(answers.first?["code"] == "INVALID_CREDENTIALS")
        }
    }

    @Test("A request without a valid token is 401 with a WWW-Authenticate challenge")
    func unauthenticated() async throws {
        try await withShop { shop in
            let none = try await shop.stranger.get("/v1/me")
            #expect(none.status == 401)
            #expect(none[header: "WWW-Authenticate"] == #"Bearer realm="cashpilot""#)
            let foreign = try await shop.stranger.get("/v1/me", headers: ["Authorization": "Bearer abc.def.ghi"])
            #expect(foreign.status == 401)
            #expect(foreign[header: "WWW-Authenticate"]?.contains(#"error="invalid_token""#) == true)
            #expect(try foreign.json["code"] == "UNAUTHENTICATED")
        }
    }

    @Test("GET /v1/me returns the caller, their businesses and their open sessions")
    func me() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let me = try await shop.ana.get("/v1/me").json
            #expect(me["email"].string == shop.ana.email)
            #expect(me["role"] == "CASHIER")
            #expect(Set(me["businesses"].items.map { $0["id"].string }) == [shop.centro, shop.villaMorra])
            let members = ["currency", "currency_minor_units", "id", "name", "time_zone"]
            #expect(me["businesses"][0].members.keys.sorted() == members)
            #expect(me["open_sessions"] == .array([session]))
            #expect(try await shop.diego.get("/v1/me").json["businesses"].items.isEmpty)
            #expect(try await shop.administrator.get("/v1/me").json["businesses"].items.count == 3)
        }
    }

    @Test("GET /v1/businesses lists a cashier's businesses, or all to an administrator, page by page")
    func businesses() async throws {
        try await withShop { shop in
            let mine = try await shop.ana.get("/v1/businesses").json["items"].items
            #expect(Set(mine.map { $0["id"].string }) == [shop.centro, shop.villaMorra])
            #expect(mine[0]["day_cutoff"] == "00:00")
            let first = try await shop.administrator.get("/v1/businesses?limit=2").json
            let cursor = try #require(first["next_cursor"].string)
            let second = try await shop.administrator.get("/v1/businesses?limit=2&cursor=\(cursor)").json
            #expect(Set((first["items"].items + second["items"].items).map { $0["id"].string }).count == 3)
            #expect(second["next_cursor"] == nil)
        }
    }

    @Test("A deactivation, a removed assignment and a new role take effect from the next request")
    func revoked() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            try shop.execute("delete from business_cashiers where cashier_id = '\(shop.ana.id)'")
            #expect(try await shop.ana.get(Person.path(of: session)).status == 404)
            #expect(try await shop.ana.close(session).status == 404)
            #expect(try await shop.ana.open(in: shop.centro).status == 404)
            try shop.execute("update users set role = 'ADMIN' where id = '\(shop.ana.id)'")
            #expect(try await shop.ana.get(Person.path(of: session)).status == 200)
            try shop.execute("update users set is_active = false where id = '\(shop.ana.id)'")
            for reply in [
                try await shop.ana.get(Person.path(of: session)), try await shop.ana.close(session),
                try await shop.ana.open(in: shop.centro), try await shop.ana.get("/v1/me"),
                try await shop.ana.get("/v1/sessions"), try await shop.ana.get("/v1/businesses"),
            ] {
                #expect(reply.status == 401)
            }
        }
    }
}
