import TestSupport
import Testing

@Suite("Sessions that ended without a count")
struct UncountedTests {
    /// A session of Ana that ended and is older than `stale_after_hours`, and one that is not.
    private func endTwo(in shop: Shop) async throws -> (old: JSON, new: JSON) {
        let old = try await shop.openInThePast(of: shop.ana, in: shop.centro, hoursAgo: 17)
        #expect(old.status == 201, "\(old.text)")
        #expect(try await shop.ana.change("end", try old.json).status == 200)
        let new = try await shop.ana.open(in: shop.centro).json
        #expect(try await shop.ana.change("end", new).status == 200)
        return (try old.json, new)
    }

    @Test("/v1/me lists the caller's uncounted sessions, newest first, until they are closed")
    func me() async throws {
        try await withShop { shop in
            #expect(try await shop.ana.get("/v1/me").json["uncounted_sessions"] == .array([]))
            let (old, new) = try await endTwo(in: shop)
            let open = try await shop.ana.open(in: shop.villaMorra).json
            let brunos = try await shop.bruno.open(in: shop.centro).json
            #expect(try await shop.bruno.change("end", brunos).status == 200)
            let me = try await shop.ana.get("/v1/me").json
            #expect(me["open_sessions"].items.map { $0["id"] } == [open["id"]])
            #expect(me["uncounted_sessions"].items.map { $0["id"] } == [new["id"], old["id"]])
            let seen = try await shop.ana.get(Person.path(of: new)).json
            #expect(me["uncounted_sessions"][0] == seen, "a whole session, with its actions")
            #expect(try await shop.ana.close(old).status == 200)
            let rest = try await shop.ana.get("/v1/me").json["uncounted_sessions"].items
            #expect(rest.map { $0["id"] } == [new["id"]])
            let administrators = try await shop.administrator.get("/v1/me").json["uncounted_sessions"]
            #expect(administrators == .array([]), "only the caller's own")
        }
    }

    @Test("An ENDED session older than stale_after_hours has count_overdue, and an open or a counted one never has")
    func overdue() async throws {
        try await withShop { shop in
            let (old, new) = try await endTwo(in: shop)
            let late = try await shop.ana.get(Person.path(of: old)).json
            #expect(late["status"] == "ENDED" && late["count_overdue"] == true && late["stale"] == false)
            #expect(try await shop.ana.get(Person.path(of: new)).json["count_overdue"] == false)
            let seen = try await shop.ana.get(Person.path(of: old), headers: ["If-None-Match": "*"])
            #expect(seen.status == 200, "time changes it without a new version")
            let closed = try await shop.ana.close(old).json
            #expect(closed["count_overdue"] == false)
            let stale = try await shop.openInThePast(of: shop.bruno, in: shop.centro, hoursAgo: 17).json
            #expect(stale["stale"] == true && stale["count_overdue"] == false)
        }
    }

    @Test("uncounted=true lists the sessions that ended without a count, and another value names the allowed one")
    func filter() async throws {
        try await withShop { shop in
            let (old, new) = try await endTwo(in: shop)
            let closed = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.ana.close(closed).status == 200)
            _ = try await shop.ana.open(in: shop.centro)
            for path in ["/v1/sessions", "/v1/businesses/\(shop.centro)/sessions"] {
                for person in [shop.ana, shop.administrator] {
                    let list = try await person.get("\(path)?uncounted=true")
                    #expect(list.status == 200, "\(list.text)")
                    #expect(try list.json["items"].items.map { $0["id"] } == [new["id"], old["id"]])
                }
                for value in ["false", "1", ""] {
                    let refused = try await shop.ana.get("\(path)?uncounted=\(value)")
                    #expect(refused.status == 422)
                    let error = try refused.json["errors"][0]
                    #expect(error["parameter"] == "uncounted" && error["code"] == "ENUM", "\(error)")
                    #expect(error["allowed"] == .array(["true"]))
                }
            }
        }
    }

    @Test("/metrics counts the uncounted sessions and the overdue ones among them")
    func gauges() async throws {
        try await withShop { shop in
            _ = try await endTwo(in: shop)
            _ = try await shop.openInThePast(of: shop.bruno, in: shop.centro, hoursAgo: 17)
            // The service counts sessions at its start.
            let service = try await Service(database: shop.connectionString)
            try await eventually("they are counted") {
                try await service.metric("cashpilot_sessions_uncounted") == "2" ? true : nil
            }
            #expect(try await service.metric("cashpilot_sessions_count_overdue") == "1")
            #expect(try await service.metric("cashpilot_sessions_open") == "1")
        }
    }

    @Test("uncounted=true with another status than ENDED lists nothing", arguments: ["OPEN", "CLOSED"])
    func filterWithStatus(status: String) async throws {
        try await withShop { shop in
            let closed = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.ana.close(closed).status == 200)
            _ = try await shop.ana.open(in: shop.centro)
            for path in ["/v1/sessions", "/v1/businesses/\(shop.centro)/sessions"] {
                let list = try await shop.ana.get("\(path)?uncounted=true&status=\(status)")
                #expect(list.status == 200)
                #expect(try list.json["items"].items.isEmpty, "\(list.text)")
            }
        }
    }
}
