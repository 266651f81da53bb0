import Foundation
import TestSupport
import Testing

@Suite("Registered terminals")
struct RegisteredTerminalTests {
    /// Ana with a login by PIN at a terminal, written to the database directly.
    private func atTerminal(_ terminal: String, _ shop: Shop) throws -> Person {
        let ana = try shop.loggedIn(shop.ana)
        try shop.execute(
            "update credentials set terminal_id = '\(terminal)' where id = '\(try shop.credential(of: ana))'")
        return ana
    }

    @Test("A session opened at a terminal names it in the session and in the 409, and another text proves nothing")
    func session() async throws {
        try await withShop { shop in
            let admin = shop.administrator
            let terminals = "/v1/businesses/\(shop.centro)/terminals"
            let made = try await admin.post(terminals, #"{"name": "Caja 1"}"#)
            #expect(made.status == 201, "\(made.text)")
            let id = try #require(made.json["id"].string)
            let sessions = "/v1/businesses/\(shop.centro)/sessions"
            let ana = try atTerminal(id, shop)
            let opened = try await ana.post(sessions, #"{"initial_cash": 1, "terminal_id": "somewhere"}"#)
            #expect(opened.status == 201, "\(opened.text)")
            #expect(try opened.json["terminal"]["id"].string == id)
            #expect(try opened.json["terminal"]["name"].string == "Caja 1")
            #expect(try opened.json["terminal_id"].string == id)
            let here = try await ana.post(sessions, #"{"initial_cash": 1}"#)
            #expect(here.status == 409)
            #expect(try here.json["existing_session"]["terminal"]["name"].string == "Caja 1")
            #expect(try here.json["existing_session"]["same_terminal"] == .bool(true))
            let elsewhere = try await shop.ana.post(sessions, #"{"initial_cash": 1, "terminal_id": "till-2"}"#)
            #expect(try elsewhere.json["existing_session"]["same_terminal"] == .bool(false))
            let one = try "\(sessions)/\(opened.json["id"].string ?? "")"
            let edited = try await admin.send("PATCH", one, #"{"terminal_id": "till-2", "reason": "moved"}"#)
            #expect(edited.status == 200, "\(edited.text)")
            #expect(try edited.json["terminal"] == .null)
            #expect(try edited.json["terminal_id"].string == "till-2")
        }
    }

    @Test("A terminal that ends is refused at once at every replica, and so are its logins by PIN")
    func ended() async throws {
        try await withShop(replicas: 2) { shop in
            let terminal = try shop.placeTerminal(in: shop.centro)
            var till = shop.stranger
            till.token = terminal.token
            let ana = try atTerminal(terminal.id, shop)
            for replica in 0..<2 {
                #expect(try await shop.at(replica, till).get("/v1/terminal").status == 200)
                #expect(try await shop.at(replica, ana).get("/v1/me").status == 200)
            }
            let names = try await till.get("/v1/terminal/cashiers").json["items"].items.compactMap { $0["name"].string }
            #expect(names == ["Ana", "Bruno"])
            let path = "/v1/businesses/\(shop.centro)/terminals/\(terminal.id)"
            #expect(try await shop.administrator.send("DELETE", path).status == 204)
            for replica in 0..<2 {
                #expect(try await shop.at(replica, till).get("/v1/terminal").status == 401)
                #expect(try await shop.at(replica, ana).get("/v1/me").status == 401)
            }
            #expect(try await shop.ana.get("/v1/me").status == 200)
        }
    }
}
