import TestSupport
import Testing

@Suite("A resumed open is a conflict")
struct ResumeTests {
    /// Waits until a conflict of Bruno is recorded. Conflicts before it are recorded with it or earlier.
    private func untilRecorded(in shop: Shop) async throws -> [JSON] {
        _ = try await shop.bruno.open(in: shop.centro)
        #expect(try await shop.bruno.open(in: shop.centro).status == 409)
        return try await eventually("the marker is recorded") { () -> [JSON]? in
            let rows = try await shop.administrator.get("/v1/businesses/\(shop.centro)/conflicts").json["items"].items
            let isThere = rows.contains { $0["cashier_id"].string == shop.bruno.id }
            return isThere ? rows.filter { $0["cashier_id"].string == shop.ana.id } : nil
        }
    }

    private func sum(_ rows: [JSON], _ member: String) -> Int64 { rows.compactMap { $0[member].integer }.reduce(0, +) }

    @Test("A resume is logged at once with the float that was offered, as a refused open is")
    func logged() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let path = "/v1/businesses/\(shop.centro)/sessions"
            let resumed = try await shop.ana.post("\(path)?on_conflict=resume", #"{"initial_cash": 4321}"#)
            #expect(resumed.status == 200)
            #expect(try resumed.json["initial_cash"] == first["initial_cash"], "the offered float is not used")
            let lines = try await eventually("the log line") { () -> [JSON]? in
                let lines = try shop.services[0].log("session.open_conflict")
                return lines.isEmpty ? nil : lines
            }
            #expect(lines.count == 1)
            #expect(lines[0]["session_id"] == first["id"] && lines[0]["caller_id"].string == shop.ana.id)
            #expect(lines[0]["resumed"] == "true" && lines[0]["offered_initial_cash"] == 4321)
        }
    }

    @Test("A resume is recorded as a conflict and in the audit trail, with the float that was offered")
    func recorded() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            let path = "/v1/businesses/\(shop.centro)/sessions?on_conflict=resume"
            #expect(try await shop.ana.post(path, #"{"initial_cash": 4321}"#).status == 200)
            let rows = try await untilRecorded(in: shop)
            #expect(rows.count == 1)
            #expect(rows[0]["times"] == 1 && rows[0]["resumed"] == 1 && rows[0]["offered_initial_cash"] == 4321)
            #expect(rows[0]["session_id"] == first["id"] && rows[0]["caller_id"].string == shop.ana.id)
            let events = try await shop.administrator.get(
                "/v1/audit-events?action=session.open_conflict&session_id=\(first["id"].string ?? "")"
            ).json["items"].items
            #expect(events.map { $0["id"] } == rows.map { $0["id"] })
            #expect(events[0]["after"] == .object(["resumed": true, "offered_initial_cash": 4321, "currency": "PYG"]))
        }
    }

    @Test("A refused open is recorded with the float that was offered, and as not resumed")
    func refused() async throws {
        try await withShop { shop in
            let first = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.ana.open(in: shop.centro, #"{"initial_cash": 55}"#).status == 409)
            let rows = try await untilRecorded(in: shop)
            #expect(rows.count == 1)
            #expect(rows[0]["times"] == 1 && rows[0]["resumed"] == 0 && rows[0]["offered_initial_cash"] == 55)
            let event = try await shop.administrator.get(
                "/v1/audit-events?action=session.open_conflict&session_id=\(first["id"].string ?? "")"
            ).json["items"][0]
            #expect(event["after"] == .object(["resumed": false, "offered_initial_cash": 55, "currency": "PYG"]))
        }
    }

    @Test("A replay of a resume records nothing more, and a resume with another key is one conflict more")
    func replayed() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            let path = "/v1/businesses/\(shop.centro)/sessions?on_conflict=resume"
            func resume(_ key: String) async throws -> Reply {
                try await shop.ana.post(path, #"{"initial_cash": 4321}"#, headers: ["Idempotency-Key": key])
            }
            let first = try await resume("r-1")
            #expect(first.status == 200)
            for _ in 0..<3 {
                let again = try await resume("r-1")
                #expect(again.status == 200 && again.body == first.body)
                #expect(again[header: "Idempotent-Replayed"] == "true")
            }
            #expect(try await resume("r-2").status == 200)
            let rows = try await untilRecorded(in: shop)
            #expect(sum(rows, "times") == 2 && sum(rows, "resumed") == 2)
        }
    }

    @Test("An open with on_conflict=resume that finds no session is 201, and no conflict")
    func noConflict() async throws {
        try await withShop { (shop: Shop) async throws in
            let path = "/v1/businesses/\(shop.centro)/sessions?on_conflict=resume"
            #expect(try await shop.ana.post(path, #"{"initial_cash": 4321}"#).status == 201)
            #expect(try await untilRecorded(in: shop).isEmpty)
        }
    }
}
