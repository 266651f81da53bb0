import TestSupport
import Testing

@Suite("GET /v1/businesses/{business_id}/conflicts")
struct OpenConflictListTests {
    /// The conflicts that are visible to a person.
    private func conflicts(_ person: Person, _ business: String, _ query: String = "") async throws -> [JSON] {
        let reply = try await person.get("/v1/businesses/\(business)/conflicts\(query)")
        #expect(reply.status == 200, "\(reply.text)")
        return try reply.json["items"].items
    }

    @Test("Repeated conflicts of a till are one row with the caller, the times, the session and a count", .tags(.ac03))
    func loop() async throws {
        try await withShop(replicas: 2) { shop in
            let start = ContinuousClock.now
            let first = try await shop.ana.open(in: shop.centro).json
            for turn in 0..<20 { #expect(try await shop.at(turn % 2, shop.ana).open(in: shop.centro).status == 409) }
            let rows = try await eventually("twenty conflicts") { () -> [JSON]? in
                let rows = try await conflicts(shop.ana, shop.centro)
                return rows.compactMap { $0["times"].integer }.reduce(0, +) == 20 ? rows : nil
            }
            // One row per minute with a conflict.
            let minutes = Int((ContinuousClock.now - start).components.seconds) / 60 + 2
            #expect((1...minutes).contains(rows.count))
            let row = rows[0]
            #expect(
                row.members.keys.sorted() == [
                    "business_id", "caller_id", "caller_name", "cashier_id", "cashier_name", "currency",
                    "currency_minor_units", "first_at", "id",
                    "last_at", "minute", "offered_initial_cash", "resumed", "session_id", "session_number", "times",
                ])
            #expect(row["business_id"].string == shop.centro)
            #expect(row["cashier_id"].string == shop.ana.id)
            #expect(row["caller_name"].string == shop.ana.name)
            #expect(row["session_id"] == first["id"])
            #expect(row["session_number"] == first["session_number"])
            let (from, to) = (row["first_at"].string ?? "", row["last_at"].string ?? "")
            #expect(from <= to)
            #expect(row["minute"].string == "\(from.prefix(16)):00.000Z")
            let events = try await shop.administrator.get("/v1/audit-events?action=session.open_conflict").json
            #expect(events["items"].items.map { $0["id"] } == rows.map { $0["id"] }, "the event that it left")
        }
    }

    @Test("An administrator lists all conflicts of a business, and a cashier only their own", .tags(.ac03))
    func visibility() async throws {
        try await withShop { shop in
            _ = try await shop.ana.open(in: shop.centro)
            _ = try await shop.bruno.open(in: shop.centro)
            #expect(try await shop.ana.open(in: shop.centro).status == 409)
            #expect(try await shop.bruno.open(in: shop.centro).status == 409)
            let forAna = #"{"initial_cash": 5, "cashier_id": "\#(shop.ana.id)"}"#
            #expect(try await shop.administrator.open(in: shop.centro, forAna).status == 409)
            let all = try await eventually("three conflicts") { () -> [JSON]? in
                let rows = try await conflicts(shop.administrator, shop.centro)
                return rows.count == 3 ? rows : nil
            }
            #expect(all[0]["caller_id"].string == shop.administrator.id, "newest first")
            let anas = try await conflicts(shop.ana, shop.centro)
            #expect(anas.map { $0["id"] } == [all[0]["id"], all[2]["id"]], "for her, by any caller")
            #expect(try await conflicts(shop.bruno, shop.centro).map { $0["id"] } == [all[1]["id"]])
            let chosen = try await conflicts(shop.administrator, shop.centro, "?cashier_id=\(shop.bruno.id)")
            #expect(chosen.map { $0["id"] } == [all[1]["id"]])
            let path = "/v1/businesses/\(shop.centro)/conflicts"
            #expect(try await shop.bruno.get("\(path)?cashier_id=\(shop.ana.id)").status == 403)
            #expect(try await shop.diego.get(path).status == 404)
            #expect(try await shop.carla.get(path).status == 404)
            #expect(try await shop.stranger.get(path).status == 401)
            #expect(try await shop.ana.get("\(path)?status=OPEN").status == 422)
            let page = try await shop.administrator.get("\(path)?limit=2").json
            let rest = try await shop.administrator.get("\(path)?limit=2&cursor=\(page["next_cursor"].string ?? "")")
                .json
            #expect((page["items"].items + rest["items"].items).map { $0["id"] } == all.map { $0["id"] })
            #expect(rest["next_cursor"] == nil)
        }
    }
}
