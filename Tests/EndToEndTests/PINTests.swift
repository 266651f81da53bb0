import Foundation
import TestSupport
import Testing

@Suite("Logins by PIN")
struct PINTests {
    private static let pin = "248163"

    /// A client with the bearer of a new terminal.
    private func terminal(_ shop: Shop, named name: String, in business: String? = nil) async throws -> Person {
        let path = "/v1/businesses/\(business ?? shop.centro)/terminals"
        let made = try await shop.administrator.post(path, #"{"name": "\#(name)"}"#)
        #expect(made.status == 201, "\(made.text)")
        var terminal = shop.stranger
        terminal.token = try made.json["secret"].string
        return terminal
    }

    private func setPIN(of person: Person, _ pin: String = pin) async throws -> Reply {
        try await person.send(
            "PUT", "/v1/me/pin", #"{"pin": "\#(pin)", "current_password": "\#(person.password)"}"#)
    }

    private func logIn(_ person: Person, at terminal: Person, _ pin: String = pin) async throws -> Reply {
        try await terminal.post("/v1/auth/pin", #"{"user_id": "\#(person.id)", "pin": "\#(pin)"}"#)
    }

    /// The person with a new login by PIN.
    private func loggedIn(_ person: Person, at terminal: Person) async throws -> Person {
        var loggedIn = person
        loggedIn.token = try await logIn(person, at: terminal).json["access_token"].string
        return loggedIn
    }

    /// Assigns the administrator to `centro`, so that a login by PIN is possible there.
    private func assignAdministrator(_ shop: Shop) async throws {
        let path = "/v1/businesses/\(shop.centro)/cashiers/\(shop.administrator.id)"
        #expect(try await shop.administrator.send("PUT", path).status == 204)
    }

    @Test("A login by PIN opens at its terminal, sees only its business, and is audited with the terminal")
    func opens() async throws {
        try await withShop { shop in
            let till = try await terminal(shop, named: "Caja 1")
            #expect(try await setPIN(of: shop.ana).status == 204)
            let byEmail = try await till.post(
                "/v1/auth/pin", #"{"email": " \#(shop.ana.email.uppercased()) ", "pin": "\#(Self.pin)"}"#)
            #expect(try byEmail.status == 200 && byEmail.json["expires_in"].integer == 43_200, "\(byEmail.text)")
            let ana = try await loggedIn(shop.ana, at: till)
            let me = try await ana.get("/v1/me").json
            #expect(me["businesses"].items.map { $0["id"].string } == [shop.centro])
            #expect(try await ana.get("/v1/businesses/\(shop.villaMorra)").status == 404)
            #expect(try await ana.open(in: shop.villaMorra).status == 404)
            let opened = try await ana.open(in: shop.centro)
            #expect(try opened.status == 201 && opened.json["terminal"]["name"].string == "Caja 1", "\(opened.text)")
            #expect(
                try shop.query(
                    """
                    select count(*)::text from audit_events as e
                    join credentials as t on t.id::text = e.after ->> 'terminal_id'
                    where e.action = 'user.login' and t.name = 'Caja 1' and e.cashier_id = '\(ana.id)'
                    """) == "2")
            for body in [#"{"current_password": "\#(ana.password)", "new_password": "una clave nueva"}"#] {
                #expect(try await ana.post("/v1/me/password", body).status == 403)
            }
            #expect(try await setPIN(of: ana).status == 403)
            #expect(try await ana.send("DELETE", "/v1/me/pin").status == 403)
            #expect(try await shop.ana.send("DELETE", "/v1/me/pin").status == 204)
            #expect(try await ana.get("/v1/me").status == 401, "the deletion ends logins by PIN")
            #expect(try await logIn(shop.ana, at: till).status == 401)
        }
    }

    @Test("An administrator's login by PIN cannot administer: every route for administrators is 403 or 404")
    func administrator() async throws {
        try await withShop { shop in
            try await assignAdministrator(shop)
            let till = try await terminal(shop, named: "Caja 1")
            #expect(try await setPIN(of: shop.administrator).status == 204)
            let administrator = try await loggedIn(shop.administrator, at: till)
            #expect(try await administrator.get("/v1/me").json["role"].string == "CASHIER")
            let own = try await administrator.get("/v1/me/credentials").json["items"].items
            #expect(own.count == 1 && own.first?["current"] == .bool(true))
            let others = try await shop.administrator.get("/v1/me/credentials").json["items"].items
            let password = try #require(others.first { $0["current"] == .bool(true) }?["id"].string)
            #expect(try await administrator.send("DELETE", "/v1/me/credentials/\(password)").status == 404)
            #expect(try await shop.administrator.get("/v1/me").status == 200)
            let session = try shop.placeSession(of: shop.ana, in: shop.centro, "OPEN")["id"].string ?? ""
            let rows = try RightsTable.rows().filter { row in
                row.statuses[RightsTable.Caller.administrator.rawValue] < 300
                    && row.statuses[RightsTable.Caller.own.rawValue] >= 400
            }
            #expect(rows.count > 15)
            for row in rows where row.route != "POST /v1/auth/pin" {
                let path = String(row.route.drop { $0 != "/" })
                    .replacing("{business_id}", with: shop.centro).replacing("{session_id}", with: session)
                    .replacing("{user_id}", with: shop.diego.id).replacing("{credential_id}", with: shop.diego.id)
                    .replacing("{terminal_id}", with: shop.diego.id)
                let body = RightsTable.bodies[row.route]?.replacing("{ana}", with: shop.ana.id)
                    .replacing("{bruno}", with: shop.bruno.id).replacing("{password}", with: shop.ana.password)
                let reply = try await administrator.send(String(row.route.prefix { $0 != " " }), path, body)
                #expect([403, 404].contains(reply.status), "\(row.route): \(reply.text)")
            }
            #expect(try await administrator.open(in: shop.corner).status == 404)
            #expect(try await administrator.open(in: shop.centro).status == 201, "a session of their own")
        }
    }

    @Test("Wrong PINs delay and then block the user at that terminal only, until a login with the password")
    func guessing() async throws {
        try await withShop { shop in
            let (till, other) = (try await terminal(shop, named: "Caja 1"), try await terminal(shop, named: "Caja 2"))
            for person in [shop.ana, shop.bruno] { #expect(try await setPIN(of: person).status == 204) }
            for stranger in [shop.carla, shop.diego] {
                #expect(try await logIn(stranger, at: till).json["code"].string == "INVALID_CREDENTIALS")
            }
            var delays: [Int] = []
            for failure in 1...10 {
                let reply = try await logIn(shop.ana, at: till, "248164")
                #expect(reply.status == 401, "failure \(failure): \(reply.text)")
                guard (5...9).contains(failure) else { continue }
                let waiting = try await logIn(shop.ana, at: till)
                #expect(waiting.status == 429)
                delays.append(Int(waiting[header: "Retry-After"] ?? "") ?? 0)
                try shop.execute("update pin_failures set last_at = now() - interval '1 hour'")
            }
            #expect(delays == delays.sorted() && (delays.first ?? 0) > 0 && (delays.last ?? 0) > 240)
            let blocked = try await logIn(shop.ana, at: till)
            #expect(try blocked.status == 403 && blocked.json["code"].string == "PIN_BLOCKED")
            #expect(try await logIn(shop.bruno, at: till).status == 200, "another user")
            #expect(try await logIn(shop.ana, at: other).status == 200, "another terminal")
            #expect(try await logIn(shop.ana, at: till).status == 403, "a login elsewhere does not help")
            let body = #"{"email": "\#(shop.ana.email)", "password": "\#(shop.ana.password)"}"#
            #expect(try await shop.stranger.post("/v1/auth/token", body).status == 200)
            #expect(try await logIn(shop.ana, at: till).status == 200)
        }
    }

    @Test("A login by PIN ends with its terminal, and a password by an administrator and a deactivation delete the PIN")
    func ends() async throws {
        try await withShop { shop in
            let till = try await terminal(shop, named: "Caja 1")
            for person in [shop.ana, shop.bruno] { #expect(try await setPIN(of: person).status == 204) }
            let ana = try await loggedIn(shop.ana, at: till)
            let administrator = shop.administrator
            let password = try await administrator.send(
                "PATCH", "/v1/users/\(ana.id)", #"{"password": "una clave nueva"}"#)
            #expect(password.status == 200)
            #expect(try await ana.get("/v1/me").status == 401)
            let inactive = try await administrator.send(
                "PATCH", "/v1/users/\(shop.bruno.id)", #"{"is_active": false}"#)
            #expect(inactive.status == 200)
            #expect(try shop.query("select count(*)::text from user_pins") == "0")
            #expect(try await setPIN(of: shop.administrator).status == 204)
            try await assignAdministrator(shop)
            let loggedIn = try await loggedIn(administrator, at: till)
            let id = try await till.get("/v1/terminal").json["id"].string ?? ""
            let path = "/v1/businesses/\(shop.centro)/terminals/\(id)"
            #expect(try await administrator.send("DELETE", path).status == 204)
            #expect(try await loggedIn.get("/v1/me").status == 401)
            #expect(try await logIn(administrator, at: till).status == 401)
        }
    }
}
