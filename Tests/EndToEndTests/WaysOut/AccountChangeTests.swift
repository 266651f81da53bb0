import TestSupport
import Testing

@Suite("A change of an account that could no longer close its open sessions")
struct AccountChangeTests {
    private static let inactive = #"{"is_active": false}"#

    @Test("Deactivating a cashier is refused while sessions are open, lists them, and succeeds once they are not")
    func deactivation() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let second = try await shop.ana.open(in: shop.villaMorra).json
            _ = try await shop.bruno.open(in: shop.centro)
            let refused = try await shop.change(shop.ana, #"{"is_active": false, "name": "Ana María"}"#)
            let dialog = try Dialog(refused)
            #expect(try refused.json["code"] == "HAS_OPEN_SESSION")
            #expect(dialog.existing["id"] == second["id"])
            #expect(dialog.names == ["view", "close", "end", "force_close", "force"])
            #expect(dialog.retryTarget == "PATCH /v1/users/\(shop.ana.id)")
            let sessions = try refused.json["sessions"].items
            #expect(sessions.map { $0["id"] } == [second["id"], first["id"]], "newest first, of every business")
            for session in sessions {
                let names = session["actions"].items.compactMap { $0["name"].string }
                #expect(names == ["view", "close", "end", "force_close"])
            }
            #expect(try await shop.ana.get("/v1/me").json["name"].string == shop.ana.name, "nothing is applied")
            let end = try #require(sessions[0]["actions"].items.first { $0["name"] == "end" })
            #expect(try await shop.administrator.take(end).status == 200)
            #expect(try await shop.change(shop.ana, Self.inactive).json["sessions"].items.count == 1)
            #expect(try await shop.ana.close(first).status == 200)
            let changed = try await dialog.retry(as: shop.administrator, Self.inactive)
            #expect(changed.status == 200, "\(changed.text)")
            #expect(try await shop.ana.get("/v1/me").status == 401)
        }
    }

    @Test("force=true deactivates a cashier although sessions stay open, which an administrator can still close")
    func forced() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            for value in ["false", ""] {
                let reply = try await shop.change(shop.ana, Self.inactive, query: "?force=\(value)")
                #expect([409, 422].contains(reply.status), "\(reply.text)")
            }
            let dialog = try Dialog(try await shop.change(shop.ana, Self.inactive))
            let force = try dialog.action("force")
            #expect(force["style"] == "danger" && force["method"] == "PATCH" && force["if_match"] == .null)
            #expect(force["href"].string == "/v1/users/\(shop.ana.id)?force=true")
            let changed = try await dialog.take("force", as: shop.administrator, Self.inactive)
            #expect(changed.status == 200, "\(changed.text)")
            #expect(try changed.json["is_active"] == false)
            #expect(try await shop.ana.close(session).status == 401)
            #expect(try await shop.administrator.close(session).status == 200)
        }
    }

    @Test("The last administrator is refused as such, also with an open session, because force would not help")
    func lastAdministrator() async throws {
        try await withShop { shop in
            #expect(try await shop.administrator.open(in: shop.centro).status == 201)
            for body in [Self.inactive, #"{"role": "CASHIER"}"#] {
                let refused = try await shop.change(shop.administrator, body)
                #expect(refused.status == 409)
                #expect(try refused.json["code"] == "LAST_ADMIN", "\(refused.text)")
            }
        }
    }

    @Test("Demoting an administrator is refused for open sessions where they are not assigned, and lists only these")
    func demotion() async throws {
        try await withShop { shop in
            #expect(try await shop.change(shop.ana, #"{"role": "ADMIN"}"#).status == 200)
            // Each change of the role revokes the logins.
            var ana = try shop.loggedIn(shop.ana)
            let assigned = try await ana.open(in: shop.centro).json
            let elsewhere = try await ana.open(in: shop.corner).json
            let demotion = #"{"role": "CASHIER"}"#
            let refused = try await shop.change(shop.ana, demotion)
            #expect(try refused.json["code"] == "HAS_OPEN_SESSION")
            #expect(try refused.json["sessions"].items.map { $0["id"] } == [elsewhere["id"]])
            #expect(try await ana.close(elsewhere).status == 200)
            #expect(try await shop.change(shop.ana, demotion).status == 200)
            ana = try shop.loggedIn(shop.ana)
            #expect(try await ana.close(assigned).status == 200)
            #expect(try await shop.change(shop.ana, #"{"role": "ADMIN"}"#).status == 200)
            ana = try shop.loggedIn(shop.ana)
            let other = try await ana.open(in: shop.corner).json
            #expect(try await shop.change(shop.ana, demotion).status == 409)
            #expect(try await shop.change(shop.ana, demotion, query: "?force=true").status == 200)
            #expect(try await shop.loggedIn(shop.ana).close(other).status == 404)
        }
    }

    @Test("A change that keeps the account able to close its sessions is allowed while they are open")
    func harmless() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            for body in [
                #"{"is_active": true}"#, #"{"role": "CASHIER"}"#, #"{"name": "Ana M."}"#, #"{"role": "ADMIN"}"#,
            ] {
                let reply = try await shop.change(shop.ana, body)
                #expect(reply.status == 200, "\(body): \(reply.text)")
            }
        }
    }

    @Test("cashpilot user update --inactive exits with 1 and names the open session, and --force deactivates")
    func commandLine() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let arguments = ["user", "update", "--email", shop.ana.email, "--inactive"]
            let refused = try await shop.run(arguments)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("HAS_OPEN_SESSION: Ana has an open session from "), "\(refused.errors)")
            #expect(refused.errors.contains(Person.path(of: session)), "\(refused.errors)")
            #expect(try await shop.ana.get("/v1/me").status == 200)
            let forced = try await shop.run(arguments + ["--force"])
            #expect(forced.status == 0, "\(forced.errors)")
            #expect(try await shop.ana.get("/v1/me").status == 401)
        }
    }

    @Test("Unassigning a cashier with an open session is refused with the same 409, and succeeds once it is closed")
    func unassignment() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let path = "/v1/businesses/\(shop.centro)/cashiers/\(shop.ana.id)"
            let refused = try await shop.administrator.send("DELETE", path)
            let dialog = try Dialog(refused)
            #expect(try refused.json["code"] == "HAS_OPEN_SESSION")
            #expect(dialog.existing["id"] == session["id"])
            #expect(dialog.names == ["view", "close", "end", "force_close"])
            #expect(try refused.json["sessions"].items.map { $0["id"] } == [session["id"]])
            #expect(dialog.retryTarget == "DELETE \(path)")
            #expect(try await dialog.take("close", as: shop.administrator, #"{"final_cash": 3}"#).status == 200)
            #expect(try await dialog.retry(as: shop.administrator, nil).status == 204)
        }
    }

    @Test("Concurrent deactivations and opens never leave an open session of an inactive cashier")
    func race() async throws {
        try await withShop(replicas: 2) { shop in
            let orphans = """
                select count(*)::text from cash_sessions as s
                join users as c on c.id = s.cashier_id
                where s.status = 'OPEN' and not c.is_active
                """
            let (centro, path) = (shop.centro, "/v1/users/\(shop.ana.id)")
            for round in 0..<30 {
                let replies = try await together(4) { index in
                    (index + round) % 2 == 0
                        ? try await shop.at(index / 2, shop.ana).open(in: centro)
                        : try await shop.at(index / 2, shop.administrator).send("PATCH", path, Self.inactive)
                }
                #expect(replies.allSatisfy { [200, 201, 401, 409].contains($0.status) }, "\(replies.map(\.text))")
                #expect(try shop.query(orphans) == "0", "round \(round): \(replies.map(\.status))")
                for session in try replies.filter({ $0.status == 201 }).map({ try $0.json }) {
                    #expect(try await shop.administrator.close(session).status == 200)
                }
                #expect(try await shop.change(shop.ana, #"{"is_active": true}"#).status == 200)
            }
        }
    }

    @Test("An open waits for a demotion in flight, and then obeys the rights of a cashier")
    func demotionComesFirst() async throws {
        try await withShop { shop in
            #expect(try await shop.change(shop.ana, #"{"role": "ADMIN"}"#).status == 200)
            let ana = try shop.loggedIn(shop.ana)
            let demotion = try shop.connection()
            try demotion.execute(
                """
                begin;
                select from users where id = '\(shop.ana.id)' for update;
                update users set role = 'CASHIER' where id = '\(shop.ana.id)'
                """)
            async let open = ana.open(in: shop.corner)
            try await shop.untilALockIsWaitedFor()
            try demotion.execute("commit")
            #expect(try await open.status == 404)
            #expect(try shop.query("select count(*)::text from cash_sessions") == "0")
        }
    }
}
