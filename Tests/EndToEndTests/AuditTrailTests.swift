import TestSupport
import Testing

@Suite("Reading the audit trail")
struct AuditTrailTests {
    /// Opens and closes a session of Ana's.
    private func session(in business: String, of shop: Shop) async throws -> JSON {
        let session = try await shop.ana.open(in: business, headers: ["X-Request-Id": "opening"]).json
        #expect(try await shop.ana.close(session, headers: ["X-Request-Id": "closing"]).status == 200)
        return session
    }

    @Test("An audit event has actor, action, time, terminal, and the session before and after, as stored")
    func event() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(
                in: shop.centro, #"{"initial_cash": 5, "terminal_id": "caja-1", "notes": "línea\n\"uno\""}"#,
                headers: ["X-Request-Id": "opening"]
            ).json
            #expect(try await shop.ana.close(session).status == 200)
            let reply = try await shop.ana.get("\(Person.path(of: session))/audit-events")
            #expect(reply.status == 200)
            #expect(reply[header: "Cache-Control"] == "private, no-cache")
            let (closed, opened) = (try reply.json["items"][0], try reply.json["items"][1])
            #expect(closed["action"] == "session.close")
            #expect(closed["before"]["status"] == "OPEN")
            #expect(closed["after"]["status"] == "CLOSED")
            #expect(closed["after"]["closed_by"].string == shop.ana.id)
            #expect(
                opened.members.keys.sorted() == [
                    "action", "actor_id", "actor_name", "after", "before", "business_id", "cashier_id",
                    "client_request_id", "id",
                    "occurred_at", "reason", "request_id", "session_id", "terminal_id",
                ])
            #expect(opened["action"] == "session.open")
            #expect(opened["business_id"].string == shop.centro)
            #expect(opened["actor_id"].string == shop.ana.id)
            #expect(opened["actor_name"].string == shop.ana.name)
            #expect(opened["cashier_id"].string == shop.ana.id)
            #expect(opened["session_id"] == session["id"])
            #expect(opened["occurred_at"] == session["opened_at"])
            #expect(opened["client_request_id"] == "opening")
            #expect(opened["terminal_id"] == "caja-1")
            #expect(opened["reason"] == nil)
            #expect(opened["before"] == nil)
            let stored = try shop.query("select after::text from audit_events where action = 'session.open'") ?? "?"
            #expect(reply.text.contains("\"after\":\(stored)"), "verbatim")
            #expect(opened["after"]["notes"] == "línea\n\"uno\"")
        }
    }

    @Test("A session's trail is visible to its cashier and administrators, 403 to colleagues, 404 to others")
    func visibility() async throws {
        try await withShop { shop in
            let session = try await session(in: shop.centro, of: shop)
            let path = "\(Person.path(of: session))/audit-events"
            #expect(try await shop.ana.get(path).json["items"].items.count == 2)
            #expect(try await shop.administrator.get(path).json["items"].items.count == 2)
            #expect(try await shop.bruno.get(path).status == 403)
            #expect(try await shop.diego.get(path).status == 404)
            #expect(try await shop.stranger.get(path).status == 401)
            let nothing = "/v1/businesses/\(shop.centro)/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d/audit-events"
            #expect(try await shop.ana.get(nothing).status == 404)
            #expect(try await shop.administrator.get(nothing).status == 404)
            try shop.execute(
                "update cash_sessions set is_deleted = true, delete_reason = 'x', deleted_at = now(), deleted_by = opened_by"
            )
            #expect(try await shop.ana.get(path).status == 404)
            #expect(try await shop.administrator.get(path).status == 200)
            try shop.execute("update users set is_active = false where id = '\(shop.ana.id)'")
            #expect(try await shop.ana.get(path).status == 401)
        }
    }

    @Test("The trail of all businesses is for administrators only, and supports each filter alone")
    func filters() async throws {
        try await withShop { shop in
            let here = try await session(in: shop.centro, of: shop)
            let there = try await session(in: shop.villaMorra, of: shop)
            _ = try await shop.bruno.open(in: shop.centro)
            try shop.execute(
                """
                insert into audit_events (business_id, id, occurred_at, action)
                values ('00000000-0000-0000-0000-000000000000', gen_random_uuid(), '2020-01-01', 'user.create')
                """)
            func found(_ query: String) async throws -> [String] {
                let reply = try await shop.administrator.get("/v1/audit-events?\(query)")
                #expect(reply.status == 200, "\(query): \(reply.text)")
                return try reply.json["items"].items.map { $0["action"].string ?? "?" }
            }
            let (open, close, create) = ("session.open", "session.close", "user.create")
            #expect(try await found("") == [open, close, open, close, open, create])
            #expect(try await found("business_id=\(shop.centro)") == [open, close, open])
            #expect(try await found("session_id=\(there["id"].string ?? "")") == [close, open])
            #expect(try await found("session_id=\(there["id"].string ?? "")&business_id=\(shop.centro)").isEmpty)
            #expect(try await found("actor_id=\(shop.bruno.id)") == [open])
            #expect(try await found("actor_id=\(shop.ana.id)&business_id=\(shop.centro)") == [close, open])
            #expect(try await found("action=session.close") == [close, close])
            #expect(try await found("action=session.close&actor_id=\(shop.bruno.id)").isEmpty)
            #expect(try await found("action=user.create") == [create])
            #expect(try await found("action=user.create&business_id=\(shop.centro)").isEmpty)
            #expect(try await found("action=no.such").isEmpty)
            #expect(try await found("occurred_before=2021-01-01T00:00:00Z") == [create])
            #expect(try await found("occurred_before=2020-01-01T00:00:00Z").isEmpty, "not included")
            #expect(try await found("occurred_from=2020-01-01T00:00:00Z").count == 6, "included")
            #expect(try await found("occurred_from=\(here["opened_at"].string ?? "")").count == 5)
            let none = try await shop.administrator.get("/v1/audit-events?action=user.create").json["items"][0]
            #expect(none["business_id"] == nil)
            #expect(none["actor_id"] == nil)
            #expect(try await shop.ana.get("/v1/audit-events").status == 403)
            #expect(try await shop.stranger.get("/v1/audit-events").status == 401)
        }
    }

    @Test("Pages of the trail contain each event once, newest first, and a cursor is bound to its list")
    func pages() async throws {
        try await withShop { shop in
            let session = try await session(in: shop.centro, of: shop)
            try shop.execute(
                """
                insert into audit_events (business_id, id, occurred_at, action, session_id)
                select business_id, gen_random_uuid(), '2020-01-01', 'session.flag', id
                from cash_sessions cross join generate_series(1, 7)
                """)
            for list in ["/v1/audit-events?limit=2", "\(Person.path(of: session))/audit-events?limit=2"] {
                var path: String? = list
                var seen: [JSON] = []
                while let next = path {
                    let reply = try await shop.administrator.get(next)
                    seen += try reply.json["items"].items
                    path = reply[header: "Link"].map { String($0.dropFirst().prefix { $0 != ">" }) }
                }
                #expect(seen.count == 9)
                #expect(Set(seen.map { $0["id"] }).count == 9)
                let times = seen.compactMap { $0["occurred_at"].string }
                #expect(times == times.sorted(by: >))
            }
            let cursor = try await shop.administrator.get("/v1/audit-events?limit=1").json["next_cursor"].string ?? ""
            for path in [
                "/v1/audit-events?cursor=\(cursor)&action=session.open",
                "\(Person.path(of: session))/audit-events?cursor=\(cursor)",
            ] {
                let reply = try await shop.administrator.get(path)
                #expect(reply.status == 422)
                #expect(try reply.json["errors"][0]["code"] == "INVALID_CURSOR")
            }
        }
    }

    @Test("Unknown, repeated and malformed parameters of the audit trail are all reported at once")
    func parameters() async throws {
        try await withShop { shop in
            let reply = try await shop.administrator.get(
                "/v1/audit-events?limit=201&action=Open&actor_id=ana&who=1&occurred_from=now&action=a.b")
            #expect(reply.status == 422)
            let faults = Set(
                try reply.json["errors"].items.map { "\($0["parameter"].string ?? "") \($0["code"].string ?? "")" })
            #expect(
                faults == [
                    "limit RANGE", "action FORMAT", "actor_id FORMAT", "who UNKNOWN_PARAMETER", "occurred_from FORMAT",
                    "action DUPLICATE",
                ])
            let session = try await session(in: shop.centro, of: shop)
            #expect(try await shop.ana.get("\(Person.path(of: session))/audit-events?action=a.b").status == 422)
            #expect(try await shop.administrator.get("/v1/audit-events?limit=200").status == 200)
        }
    }
}
