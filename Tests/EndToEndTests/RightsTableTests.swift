import Foundation
import TestSupport
import Testing

@Suite("docs/RIGHTS.md")
struct RightsTableTests {
    private typealias Caller = RightsTable.Caller

    @Test("Every route of openapi.yaml has a row in docs/RIGHTS.md, and every row has a route")
    func complete() throws {
        let rows = try RightsTable.rows()
        let promised = try Contract.operations.get().map(\.description)
        #expect(rows.map(\.route).sorted() == promised.sorted())
        for row in rows { #expect(row.statuses.count == Caller.allCases.count, "\(row.route)") }
        let withBody = try Contract.operations.get().filter { $0.body != nil }.map(\.description)
        #expect(Set(RightsTable.bodies.keys) == Set(withBody))
    }

    @Test(
        "Every route responds as docs/RIGHTS.md says, an error changes nothing, and all headers are set",
        arguments: Caller.allCases)
    func walk(caller: RightsTable.Caller) async throws {
        try await withShop { shop in
            let sender = try await person(caller, in: shop)
            if caller == .inactive {
                try shop.execute("update users set is_active = false where id = '\(shop.ana.id)'")
            }
            for row in try RightsTable.rows() {
                // The logout ends a login of its own.
                let logsOut = row.route == "POST /v1/auth/logout" && row.statuses[caller.rawValue] == 204
                let sender = logsOut ? try shop.loggedIn(sender) : sender
                let path = try await path(of: row, for: sender, in: shop)
                let before = try shop.everything()
                let reply = try await send(row, path, as: sender, in: shop)
                #expect(reply.status == row.statuses[caller.rawValue], "\(row.route): \(reply.text)")
                if reply.status >= 400 { #expect(try shop.everything() == before, "\(row.route)") }
                expectHeaders(of: reply, row.route)
            }
        }
    }

    @Test(
        "A business that a cashier is not assigned to responds like one that does not exist",
        arguments: [Caller.elsewhere, .unassigned])
    func hidden(caller: RightsTable.Caller) async throws {
        try await withShop { shop in
            let sender = try await person(caller, in: shop)
            for row in try RightsTable.rows() where row.route.contains("{business_id}") {
                #expect(row.statuses[caller.rawValue] == 404, "\(row.route)")
                let path = try await path(of: row, for: sender, in: shop)
                var bodies: Set<JSON> = []
                for path in [path, path.replacing(shop.centro, with: UUID().uuidString.lowercased())] {
                    let reply = try await send(row, path, as: sender, in: shop)
                    #expect(reply.status == 404)
                    var members = try reply.json.members
                    members["instance"] = nil
                    members["request_id"] = nil
                    bodies.insert(.object(members))
                }
                #expect(bodies.count == 1, "\(row.route)")
            }
        }
    }

    @Test("A session is not found through another business, even by a caller with access to both")
    func otherBusiness() async throws {
        try await withShop { shop in
            for row in try RightsTable.rows() where row.route.contains("{session_id}") {
                let path = try await path(of: row, for: shop.ana, in: shop).replacing(
                    shop.centro, with: shop.villaMorra)
                let before = try shop.everything()
                for person in [shop.administrator, shop.ana] {
                    let reply = try await send(row, path, as: person, in: shop)
                    #expect(reply.status == 404, "\(row.route): \(reply.text)")
                }
                #expect(try shop.everything() == before, "\(row.route)")
            }
        }
    }

    /// Makes the session of the row.
    ///
    /// - Returns: the path of the route.
    private func path(of row: RightsTable.Row, for sender: Person, in shop: Shop) async throws -> String {
        var credential = ""
        if row.route.contains("{credential_id}") {
            let own = sender.id.isEmpty ? shop.ana : sender
            let owner = row.route.contains("{user_id}") ? shop.diego : own
            credential = try shop.credential(of: try shop.loggedIn(owner))
        }
        let terminal = row.route.contains("{terminal_id}") ? try shop.placeTerminal(in: shop.centro) : nil
        let words = row.session.split(separator: " ")
        var session = JSON.null
        if let status = words.first, status != "–" {
            session = try shop.placeSession(
                of: shop.ana, in: shop.centro, String(status), isDeleted: words.last == "deleted")
        }
        var movement = ""
        if row.route.contains("{movement_id}") {
            let recorded = try await shop.loggedIn(shop.administrator).change(
                "movements", session, #"{"type": "DROP", "amount": 1}"#)
            movement = try recorded.json["id"].string ?? ""
        }
        let path = String(row.route.drop { $0 != "/" }) + (RightsTable.queries[row.route] ?? "")
        return
            path
            .replacing("{business_id}", with: shop.centro).replacing("{session_id}", with: session["id"].string ?? "")
            .replacing("{user_id}", with: shop.diego.id).replacing("{credential_id}", with: credential).replacing(
                "{slug}", with: "forbidden"
            )
            .replacing("{ana}", with: shop.ana.id).replacing("{terminal_id}", with: terminal?.id ?? "")
            .replacing("{movement_id}", with: movement)
    }

    private func send(
        _ row: RightsTable.Row, _ path: String, as sender: Person, in shop: Shop
    ) async throws -> Reply {
        let body = RightsTable.bodies[row.route]?
            .replacing("{ana}", with: shop.ana.id).replacing("{bruno}", with: shop.bruno.id)
            .replacing("{ana.password}", with: shop.ana.password).replacing("{password}", with: sender.password)
        return try await sender.send(
            String(row.route.prefix { $0 != " " }), path, body, headers: ["Origin": "https://elsewhere.example"])
    }

    private func person(_ caller: Caller, in shop: Shop) async throws -> Person {
        switch caller {
        case .anonymous: return shop.stranger
        case .invalidToken:
            var person = shop.ana
            person.token = (person.token?.dropLast(4)).map { $0 + "AAAA" }
            return person
        case .inactive, .own: return shop.ana
        case .colleague: return shop.bruno
        case .elsewhere: return shop.carla
        case .unassigned: return shop.diego
        case .administrator: return shop.administrator
        case .ownKey, .administratorsKey:
            var person = caller == .ownKey ? shop.ana : shop.administrator
            let made = try await shop.run(["key", "create", "--email", person.email, "--name", "test"])
            person.token = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            return person
        case .terminal:
            var person = shop.stranger
            person.token = try shop.placeTerminal(in: shop.centro).token
            return person
        }
    }

    private func expectHeaders(of reply: Reply, _ route: String) {
        #expect(reply[header: "X-Content-Type-Options"] == "nosniff", "\(route)")
        #expect(reply[header: "X-Request-Id"] != nil, "\(route)")
        #expect(reply[header: "Cache-Control"] != nil, "\(route)")
        #expect(reply[header: "Server"] == nil, "\(route)")
        for name in ["Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "X-Powered-By"] {
            #expect(reply[header: name] == nil, "\(route): \(name)")
        }
        if reply.status >= 400 { #expect(reply[header: "Cache-Control"] == "no-store", "\(route)") }
        if reply[header: "Content-Type"]?.hasPrefix("text/html") == true {
            let policy = reply[header: "Content-Security-Policy"]
            #expect(policy?.contains("default-src 'none'") == true, "\(route)")
            #expect(policy?.contains("frame-ancestors 'none'") == true, "\(route)")
            #expect(reply[header: "Referrer-Policy"] == "no-referrer", "\(route)")
        }
    }
}
