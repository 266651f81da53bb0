import Foundation
import TestSupport
import Testing

@Suite("The 409 with the existing session")
struct ConflictTests {
    @Test(
        "The error response includes the existing session's id and opened time, and all fields of a dialog",
        .tags(.ac03))
    func document() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let reply = try await shop.ana.open(in: shop.centro)
            let problem = try reply.json
            let path = Person.path(of: first)
            #expect(reply.status == 409)
            #expect(reply[header: "Content-Type"] == "application/problem+json")
            #expect(reply[header: "Cache-Control"] == "no-store")
            #expect(problem["type"] == "/problems/session-already-open")
            #expect(problem["status"] == 409)
            #expect(problem["instance"].string == "urn:uuid:\(problem["request_id"].string ?? "")")
            #expect(problem["request_id"].string == reply[header: "X-Request-Id"])
            let existing = problem["existing_session"]
            for member in [
                "id", "session_number", "status", "business_id", "cashier_id", "opened_at", "business_date",
                "time_zone", "stale", "version",
            ] {
                #expect(existing[member] == first[member], "\(member)")
            }
            #expect(existing["href"].string == path)
            let openedTime = "select to_char(opened_at at time zone 'America/Asuncion', 'HH24:MI') from cash_sessions"
            let local = try #require(try shop.query(openedTime))
            #expect(existing["opened_time"].string == local)
            #expect(problem["actions"][0]["href"].string == path)
            #expect(problem["actions"][1]["href"].string == "\(path)/close")
        }
    }

    @Test("The error response is actionable: each action's href works, and the next open succeeds", .tags(.ac03))
    func actionable() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let actions = try await shop.ana.open(in: shop.centro).json["actions"]
            #expect(actions.items.map { $0["name"] } == ["view", "close", "end", "resume"])
            let view = actions[0]
            let seen = try await shop.ana.send(view["method"].string ?? "", view["href"].string ?? "")
            #expect(seen.status == 200)
            #expect(try seen.json["id"] == first["id"])
            let close = actions[1]
            #expect(close["type"] == "application/json")
            let required = close["fields"].items.filter { $0["required"] == true }.compactMap { $0["name"].string }
            let body = "{" + required.map { "\"\($0)\": 1" }.joined(separator: ",") + "}"
            let closed = try await shop.ana.send(close["method"].string ?? "", close["href"].string ?? "", body)
            #expect(closed.status == 200)
            #expect(try closed.json["status"] == "CLOSED")
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
        }
    }

    private static let titles: [JSON] = [
        "Ver Sesión", "Cerrar", "Terminar sin contar", "Seguir con esta sesión",
    ]
    private static let englishTitles: [JSON] = [
        "View session", "Close session", "End without counting", "Continue with it",
    ]

    @Test(
        "The error message of a conflict is localized in Spanish and English, and Spanish is the default", .tags(.ac03))
    func localized() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            func refused(_ language: String?) async throws -> Reply {
                try await shop.ana.open(
                    in: shop.centro, headers: language.map { ["Accept-Language": $0] } ?? [:])
            }
            for language in [nil, "es", "es-PY", "gn", "*", "fr", "en;q=0.1, es;q=0.9"] {
                let reply = try await refused(language)
                let problem = try reply.json
                #expect(reply[header: "Content-Language"] == "es-PY")
                #expect(reply[header: "Vary"]?.contains("Accept-Language") == true)
                #expect(problem["title"] == "No se puede abrir una nueva sesión")
                #expect(problem["detail"].string?.contains(#/^Tenés una sesión abierta desde las? \d\d:\d\d$/#) == true)
                #expect(problem["actions"].items.map { $0["title"] } == Self.titles)
                #expect(problem["actions"][1]["fields"][0]["title"] == "Efectivo contado")
            }
            let english = try await refused("en-US,en;q=0.8")
            let problem = try english.json
            #expect(english[header: "Content-Language"] == "en")
            #expect(problem["title"] == "Can't open a new session")
            #expect(
                problem["detail"].string?.contains(#/^You have an open session from \d{1,2}:\d\d [AP]M$/#) == true)
            #expect(problem["actions"].items.map { $0["title"] } == Self.englishTitles)
        }
    }

    @Test("The 409 has the date of a session from another day, and names the cashier to an administrator")
    func otherDayAndOtherCashier() async throws {
        try await withShop { shop in
            let body = #"{"initial_cash": 5, "cashier_id": "\#(shop.ana.id)", "opened_at": "2025-11-23T00:34:00Z"}"#
            #expect(try await shop.administrator.open(in: shop.centro, body).status == 201)
            let own = try await shop.ana.open(in: shop.centro).json
            #expect(own["existing_session"]["opened_time"] == "22/11/2025 21:34")
            #expect(own["existing_session"]["stale"] == true)
            #expect(own["detail"].string?.hasPrefix("Tenés una sesión abierta desde el 22/11/2025") == true)
            let other = try await shop.administrator.open(
                in: shop.centro, #"{"initial_cash": 5, "cashier_id": "\#(shop.ana.id)"}"#,
                headers: ["Accept-Language": "en"]
            ).json
            #expect(other["existing_session"]["opened_time"] == "Nov 22, 2025, 9:34 PM")
            #expect(other["detail"] == "Ana has an open session from Nov 22, 2025, 9:34 PM")
        }
    }

    @Test("A conflict is logged at once with its cashier, business, session and time", .tags(.ac03))
    func logged() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.ana.open(in: shop.centro, headers: ["X-Request-Id": "second-click"])
            let line = try await eventually("the log line") { try shop.services[0].log("session.open_conflict").first }
            #expect(line["cashier_id"].string == shop.ana.id)
            #expect(line["business_id"].string == shop.centro)
            #expect(line["session_id"] == first["id"])
            #expect(line["client_request_id"] == "second-click")
            #expect(line["refused_at"].string?.contains(#/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/#) == true)
        }
    }

    @Test("A conflict is recorded, and repeated conflicts are counted in one row per minute", .tags(.ac03))
    func recorded() async throws {
        try await withShop { shop in
            let start = ContinuousClock.now
            let first = try await shop.ana.open(in: shop.centro).json
            for _ in 0..<20 { #expect(try await shop.ana.open(in: shop.centro).status == 409) }
            try await eventually("twenty conflicts") {
                try shop.query("select sum(times)::text from open_conflicts") == "20" ? true : nil
            }
            let rows = try shop.query("select count(*)::text from open_conflicts") ?? ""
            let events = try shop.query(
                """
                select string_agg(distinct concat_ws(' ', action, actor_id, cashier_id, session_id), ',')
                    || ' ' || count(*)
                from audit_events where action = 'session.open_conflict'
                """)
            // One row per minute with a conflict.
            let minutes = (ContinuousClock.now - start).components.seconds / 60 + 2
            let count = try #require(Int64(rows))
            #expect((1...minutes).contains(count))
            #expect(
                events
                    == "session.open_conflict \(shop.ana.id) \(shop.ana.id) \(first["id"].string ?? "") \(rows)")
        }
    }

    @Test("Conflicts that wait to be recorded are written at shutdown", .tags(.ac03))
    func recordedAtShutdown() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            #expect(try await shop.ana.open(in: shop.centro).status == 409)
            shop.services[0].process.signal(SIGTERM)
            #expect(try await shop.services[0].process.wait() == 0)
            #expect(try shop.query("select sum(times)::text from open_conflicts") == "1")
        }
    }
}
