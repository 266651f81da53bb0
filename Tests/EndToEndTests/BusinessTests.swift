import CashPilot
import TestSupport
import Testing

@Suite("Businesses")
struct BusinessTests {
    private static let body = """
        {"name": "Farmacia Sur", "currency": "PYG", "time_zone": "america/asuncion", "day_cutoff": "04:30",
         "stale_after_hours": 20, "edit_window_hours": 48}
        """

    private func faults(_ reply: Reply) throws -> Set<String> {
        Set(try reply.json["errors"].items.map { "\($0["pointer"].string ?? "") \($0["code"].string ?? "")" })
    }

    @Test("A business that an administrator creates has its defaults and its zone's canonical name")
    func create() async throws {
        try await withShop { shop in
            let reply = try await shop.administrator.post("/v1/businesses", Self.body)
            let business = try reply.json
            let path = "/v1/businesses/\(business["id"].string ?? "")"
            #expect(reply.status == 201)
            #expect(reply[header: "Location"] == path)
            #expect(reply[header: "Cache-Control"] == "no-store")
            #expect(business["time_zone"] == "America/Asuncion")
            #expect(business["day_cutoff"] == "04:30")
            #expect(business["stale_after_hours"] == 20)
            #expect(business["is_active"] == true)
            let seen = try await shop.administrator.get(path)
            #expect(seen.status == 200)
            #expect(seen[header: "Cache-Control"] == "private, no-cache")
            #expect(try seen.json == business)
            let plain = try await shop.administrator.post(
                "/v1/businesses",
                #"{"name": "Kiosk", "currency": "USD", "time_zone": "Etc/UTC", "is_active": false, "day_cutoff": null}"#
            ).json
            #expect(plain["day_cutoff"] == "00:00")
            #expect(plain["stale_after_hours"] == 16)
            #expect(plain["edit_window_hours"] == 32)
            #expect(plain["is_active"] == false)
            #expect(
                try shop.query(
                    """
                    select string_agg(concat_ws(' ', action, actor_id, request_id, after ->> 'name'), ', ' order by id)
                    from audit_events where business_id = '\(business["id"].string ?? "")'
                    """)
                    == "business.create \(shop.administrator.id) \(reply[header: "X-Request-Id"] ?? "") Farmacia Sur")
        }
    }

    @Test("All invalid fields of a business are reported at once, including an unknown time zone")
    func invalid() async throws {
        try await withShop { shop in
            let reply = try await shop.administrator.post(
                "/v1/businesses",
                """
                {"name": " ", "currency": "pyg", "time_zone": "Mars/Phobos", "day_cutoff": "24:00",
                 "stale_after_hours": 745, "edit_window_hours": -1, "is_active": "yes", "owner": 1}
                """)
            #expect(reply.status == 422)
            #expect(
                try faults(reply) == [
                    "#/name LENGTH", "#/currency FORMAT", "#/time_zone FORMAT", "#/day_cutoff FORMAT",
                    "#/stale_after_hours RANGE", "#/edit_window_hours RANGE", "#/is_active TYPE",
                    "#/owner UNKNOWN_FIELD",
                ])
            let empty = try await shop.administrator.post("/v1/businesses", "{}")
            for code in ["PGY", "ZZZ", "XXX", "XTS", "XAU", "XDR", "CLF", "HRK", "ANG", "ZWL"] {
                let unknown = try await shop.administrator.send(
                    "PATCH", "/v1/businesses/\(shop.corner)", #"{"currency": "\#(code)"}"#)
                #expect(try faults(unknown) == ["#/currency FORMAT"], "\(code)")
            }
            #expect(try faults(empty) == ["#/name REQUIRED", "#/currency REQUIRED", "#/time_zone REQUIRED"])
            let long = try await shop.administrator.post(
                "/v1/businesses",
                #"{"name": "\#(String(repeating: "x", count: 201))", "currency": "US", "time_zone": ""}"#)
            #expect(try faults(long) == ["#/name LENGTH", "#/currency LENGTH", "#/time_zone LENGTH"])
            let card = try await shop.administrator.send(
                "PATCH", "/v1/businesses/\(shop.centro)", #"{"name": "Caja 4111111111111111", "day_cutoff": "4:00"}"#)
            #expect(try faults(card) == ["#/name FORMAT", "#/day_cutoff FORMAT"])
            #expect(try shop.query("select count(*)::text from businesses") == "3")
        }
    }

    @Test(
        "A time zone must be a name of the tz database, not a rule or abbreviation that PostgreSQL accepts",
        arguments: ["XYZ3", "America/Asuncion3", "<-03>3", "ART", "posix/America/Asuncion", "localtime", "+03:00"])
    func zoneNames(name: String) async throws {
        try await withShop { shop in
            let reply = try await shop.administrator.send(
                "PATCH", "/v1/businesses/\(shop.centro)", #"{"time_zone": "\#(name)"}"#)
            #expect(reply.status == 422)
            #expect(try faults(reply) == ["#/time_zone FORMAT"])
        }
    }

    @Test("A business change keeps unnamed fields, and its audit event has the differences before and after")
    func update() async throws {
        try await withShop { shop in
            let path = "/v1/businesses/\(shop.centro)"
            let before = try await shop.administrator.get(path).json
            let reply = try await shop.administrator.send(
                "PATCH", path, #"{"day_cutoff": "05:00", "stale_after_hours": 24, "name": "Farmacia Centro"}"#)
            #expect(reply.status == 200)
            var expected = before.members
            expected["day_cutoff"] = "05:00"
            expected["stale_after_hours"] = 24
            #expect(try reply.json == .object(expected))
            #expect(try await shop.administrator.get(path).json == .object(expected))
            let trail = """
                select count(*) || ' ' || min(before::text) || ' ' || min(after::text) from audit_events
                where action = 'business.update' and actor_id = '\(shop.administrator.id)'
                """
            let event =
                #"1 {"day_cutoff": "00:00:00", "stale_after_hours": 16} {"day_cutoff": "05:00:00", "stale_after_hours": 24}"#
            #expect(try shop.query(trail) == event)
            for nothing in ["{}", #"{"name": "Farmacia Centro", "currency": null}"#] {
                #expect(try await shop.administrator.send("PATCH", path, nothing).status == 200)
            }
            #expect(try shop.query(trail) == event, "what changes nothing is no event")
        }
    }

    @Test("Every currency of the table is accepted, and is returned with its minor units")
    func currencies() async throws {
        try await withShop { shop in
            let path = "/v1/businesses/\(shop.corner)"
            for currency in Currency.all {
                let reply = try await shop.administrator.send("PATCH", path, #"{"currency": "\#(currency.code)"}"#)
                #expect(reply.status == 200, "\(currency.code)")
                #expect(try reply.json["currency"].string == currency.code)
                #expect(try reply.json["currency_minor_units"] == .integer(Int64(currency.minorUnits)))
            }
        }
    }

    @Test("A session keeps the currency and the time zone that it was opened with")
    func sessionsKeepTheirs() async throws {
        try await withShop { shop in
            let path = "/v1/businesses/\(shop.centro)"
            let session = try await shop.ana.open(in: shop.centro).json
            let zone = #"{"time_zone": "America/New_York"}"#
            #expect(try await shop.administrator.send("PATCH", path, zone).status == 200)
            #expect(try await shop.ana.get(Person.path(of: session)).json == session)
            let closed = try await shop.ana.close(session).json
            #expect(try await shop.administrator.send("PATCH", path, #"{"currency": "USD"}"#).status == 200)
            #expect(try await shop.ana.get(Person.path(of: session)).json == closed)
        }
    }

    @Test("A name of another business is refused, regardless of case")
    func nameTaken() async throws {
        try await withShop { shop in
            let taken = #"{"name": "FARMACIA CENTRO", "currency": "PYG", "time_zone": "UTC"}"#
            for reply in [
                try await shop.administrator.post("/v1/businesses", taken),
                try await shop.administrator.post("/v1/businesses", taken, headers: ["Idempotency-Key": "k"]),
                try await shop.administrator.send(
                    "PATCH", "/v1/businesses/\(shop.corner)", #"{"name": "farmacia centro"}"#),
            ] {
                #expect(reply.status == 409)
                #expect(try reply.json["code"] == "NAME_TAKEN")
            }
        }
    }

    @Test("Of businesses created concurrently under one name one succeeds, and the others are NAME_TAKEN")
    func sameName() async throws {
        try await withShop(replicas: 2) { shop in
            let replies = try await together(8) { index in
                try await shop.at(index % 2, shop.administrator).post("/v1/businesses", Self.body)
            }
            #expect(replies.map(\.status).sorted() == [201] + Array(repeating: 409, count: 7))
            #expect(try shop.query("select count(*)::text from businesses") == "4")
            #expect(try shop.query("select count(*)::text from audit_events where action = 'business.create'") == "1")
        }
    }

    @Test("A cashier can read but not change their businesses, and all others are 404")
    func cashiers() async throws {
        try await withShop { shop in
            #expect(try await shop.ana.get("/v1/businesses/\(shop.centro)").status == 200)
            for path in ["/v1/businesses/\(shop.corner)", "/v1/businesses/\(shop.ana.id)", "/v1/businesses/x"] {
                #expect(try await shop.ana.get(path).status == 404)
                #expect(try await shop.ana.send("PATCH", path, #"{"is_active": false}"#).status == 404)
            }
            let refused = try await shop.ana.send(
                "PATCH", "/v1/businesses/\(shop.centro)", #"{"is_active": false}"#)
            #expect(refused.status == 403)
            #expect(try await shop.ana.post("/v1/businesses", Self.body).status == 403)
            #expect(try await shop.administrator.get("/v1/businesses/\(shop.ana.id)").status == 404)
            let missing = try await shop.administrator.send("PATCH", "/v1/businesses/\(shop.ana.id)", "{}")
            #expect(missing.status == 404)
            #expect(try shop.query("select bool_and(is_active)::text from businesses") == "true")
        }
    }

    @Test("A deactivated business refuses opens from the next request, and its open sessions can be closed")
    func inactive() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let path = "/v1/businesses/\(shop.centro)"
            #expect(try await shop.administrator.send("PATCH", path, #"{"is_active": false}"#).status == 200)
            #expect(try await shop.bruno.open(in: shop.centro).json["code"] == "BUSINESS_INACTIVE")
            #expect(try await shop.ana.close(session).status == 200)
        }
    }

    @Test("A repeated key creates one business and replays its response, and is rejected with another body")
    func idempotent() async throws {
        try await withShop(replicas: 2) { shop in
            let key = ["Idempotency-Key": "new-shop"]
            let first = try await shop.administrator.post("/v1/businesses", Self.body, headers: key)
            let path = first[header: "Location"] ?? ""
            #expect(try await shop.administrator.send("PATCH", path, #"{"name": "Otra"}"#).status == 200)
            let again = try await shop.at(1, shop.administrator).post("/v1/businesses", Self.body, headers: key)
            #expect(again.status == 201)
            #expect(again.body == first.body)
            #expect(again[header: "Idempotent-Replayed"] == "true")
            #expect(again[header: "Location"] == path)
            let other = try await shop.administrator.post(
                "/v1/businesses", Self.body.replacing("Farmacia Sur", with: "Farmacia Norte"), headers: key)
            #expect(other.status == 422)
            #expect(try other.json["code"] == "IDEMPOTENCY_KEY_REUSED")
            #expect(try shop.query("select count(*)::text from businesses") == "4")
            #expect(try await shop.ana.post("/v1/businesses", Self.body, headers: key).status == 403)
        }
    }

    @Test("Concurrent creations with one key make one business, and get its response or REQUEST_IN_FLIGHT")
    func storm() async throws {
        try await withShop(replicas: 3) { shop in
            let replies = try await together(24) { index in
                try await shop.at(index % 3, shop.administrator).post(
                    "/v1/businesses", Self.body, headers: ["Idempotency-Key": "storm"])
            }
            let created = replies.filter { $0.status == 201 }
            #expect(Set(created.map(\.body)).count == 1)
            #expect(created.count { $0[header: "Idempotent-Replayed"] == nil } == 1)
            let others = try replies.filter { $0.status != 201 }.map { try $0.json["code"] }
            #expect(Set(others).isSubset(of: ["REQUEST_IN_FLIGHT"]))
        }
    }
}
