import Foundation
import TestSupport
import Testing

@Suite("Lists of credentials")
struct CredentialListTests {
    @Test("Users list and revoke their own credentials, newest first, and never a colleague's")
    func own() async throws {
        try await withShop { shop in
            let second = try shop.loggedIn(shop.ana)
            let (first, other) = (try shop.credential(of: shop.ana), try shop.credential(of: second))
            let page = try await shop.ana.get("/v1/me/credentials?limit=1").json
            #expect(page["items"].items.map { $0["id"].string } == [other])
            let cursor = try #require(page["next_cursor"].string)
            let rest = try await shop.ana.get("/v1/me/credentials?limit=1&cursor=\(cursor)").json
            #expect(rest["items"].items.map { $0["id"].string } == [first] && rest["next_cursor"] == nil)
            let login = rest["items"][0]
            #expect(
                login.members.keys.sorted() == [
                    "created_at", "current", "expires_at", "id", "kind", "last_used_at", "name", "revoked_at",
                ])
            #expect(login["current"] == true && login["kind"] == "LOGIN" && page["items"][0]["current"] == false)
            let theirs = try shop.credential(of: shop.bruno)
            #expect(try await shop.ana.send("DELETE", "/v1/me/credentials/\(theirs)").status == 404)
            #expect(try await shop.bruno.get("/v1/me").status == 200)
            #expect(try await shop.ana.send("DELETE", "/v1/me/credentials/\(other)").status == 204)
            #expect(try await shop.ana.send("DELETE", "/v1/me/credentials/\(other)").status == 204, "again")
            #expect(try await second.get("/v1/me").status == 401)
            let ended = try await shop.ana.get("/v1/me/credentials").json["items"][0]
            #expect(ended["revoked_at"].string != nil)
            #expect(try shop.query("select count(*)::text from audit_events where action = 'credential.revoke'") == "1")
        }
    }

    @Test("Administrators list and revoke the credentials of a user, one or all")
    func ofUser() async throws {
        try await withShop { shop in
            let path = "/v1/users/\(shop.ana.id)/credentials"
            let second = try shop.loggedIn(shop.ana)
            let listed = try await shop.administrator.get(path).json["items"]
            #expect(listed.items.count == 2 && listed.items.allSatisfy { $0["current"] == false })
            let theirs = try shop.credential(of: shop.bruno)
            #expect(try await shop.administrator.send("DELETE", "\(path)/\(theirs)").status == 404)
            let one = try shop.credential(of: second)
            #expect(try await shop.administrator.send("DELETE", "\(path)/\(one)").status == 204)
            #expect(try await second.get("/v1/me").status == 401)
            #expect(try await shop.ana.get("/v1/me").status == 200)
            #expect(try await shop.administrator.send("DELETE", path).status == 204)
            #expect(try await shop.ana.get("/v1/me").status == 401)
            let nobody = "/v1/users/\(shop.centro)/credentials"
            #expect(try await shop.administrator.get(nobody).status == 404)
            #expect(try await shop.administrator.send("DELETE", nobody).status == 404)
        }
    }

    @Test("A login is audited with its user agent and both request ids, and the log has the same ids")
    func login() async throws {
        try await withShop { shop in
            let reply = try await shop.stranger.post(
                "/v1/auth/token", #"{"email": "\#(shop.ana.email)", "password": "\#(shop.ana.password)"}"#,
                headers: ["User-Agent": "Till/1.0", "X-Request-Id": "till-7"])
            let bearer = try #require(try reply.json["access_token"].string)
            #expect(reply.status == 200 && reply[header: "X-Request-Id"] == "till-7")
            #expect(bearer.contains(#/^cps_[A-Za-z0-9_-]{43}$/#))
            let event = """
                from audit_events where action = 'user.login' and client_request_id = 'till-7'
                """
            #expect(
                try shop.query("select concat_ws(' ', actor_id, cashier_id, after ->> 'name') \(event)")
                    == "\(shop.ana.id) \(shop.ana.id) Till/1.0")
            let own = try #require(try shop.query("select request_id \(event)"))
            let line = try await eventually("the log line") {
                try shop.services[0].log("request").first { $0["client_request_id"] == "till-7" }
            }
            #expect(line["request_id"].string == own && own != "till-7")
            let listed = try await shop.administrator.get("/v1/audit-events?action=user.login&limit=1").json["items"][0]
            #expect(listed["request_id"].string == own && listed["client_request_id"] == "till-7")
            let stored = try shop.query(
                "select string_agg(to_jsonb(e)::text, '') || (select string_agg(k::text, '') from credentials as k) "
                    + "from audit_events as e")
            #expect(stored?.contains(bearer) == false)
            #expect(!shop.services[0].process.errors.contains(bearer))
        }
    }

    @Test("cashpilot sessions acts with a login of the administrator, which ends with the command")
    func sessionsCommand() async throws {
        try await withShop { shop in
            let listed = try await shop.run(["sessions", "list", "--as", shop.administrator.email])
            #expect(listed.status == 0, "\(listed.errors)")
            #expect(
                try shop.query(
                    "select concat_ws(' ', user_id, kind, revoked_at is not null) from credentials where name = 'cashpilot sessions'"
                ) == "\(shop.administrator.id) LOGIN t")
        }
    }

    @Test("cashpilot demo seed is audited once per run")
    func demoSeed() async throws {
        try await withShop { shop in
            #expect(try await shop.run(shop.confirmed(["demo", "seed"])).status == 0)
            let seeds = try shop.query("select count(*)::text from audit_events where action = 'demo.seed'")
            #expect(seeds == "1")
        }
    }
}
