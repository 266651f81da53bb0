import TestSupport
import Testing

@Suite("Reading sessions")
struct ReadingTests {
    @Test("GET …/sessions/current returns the open session, and 404 once it is closed")
    func current() async throws {
        try await withShop { shop in
            let path = "/v1/businesses/\(shop.centro)/sessions/current"
            let none = try await shop.ana.get(path)
            #expect(none.status == 404)
            #expect(try none.json["code"] == "NO_OPEN_SESSION")
            let session = try await shop.ana.open(in: shop.centro).json
            let found = try await shop.ana.get(path)
            #expect(found.status == 200)
            #expect(try found.json == session)
            #expect(found[header: "Cache-Control"] == "private, no-cache")
            #expect(try await shop.administrator.get("\(path)?cashier_id=\(shop.ana.id)").json["id"] == session["id"])
            #expect(try await shop.bruno.get("\(path)?cashier_id=\(shop.ana.id)").status == 403)
            #expect(try await shop.ana.close(session).status == 200)
            #expect(try await shop.ana.get(path).status == 404)
        }
    }

    @Test("If-None-Match with the current version is 304, and with another version 200")
    func notModified() async throws {
        try await withShop { shop in
            let session = try await shop.ana.open(in: shop.centro).json
            let path = Person.path(of: session)
            let tag = try #require(try await shop.ana.get(path)[header: "ETag"])
            let same = try await shop.ana.get(path, headers: ["If-None-Match": tag])
            #expect(same.status == 304)
            #expect(same.body.isEmpty)
            #expect(same[header: "ETag"] == tag)
            #expect(try await shop.ana.get(path, headers: ["If-None-Match": "W/\(tag)"]).status == 304)
            #expect(try await shop.ana.get(path, headers: ["If-None-Match": #""99""#]).status == 200)
        }
    }

    @Test("A session is visible to its cashier and administrators, 403 to colleagues, and 404 to others")
    func visibility() async throws {
        try await withShop { shop in
            let path = Person.path(of: try await shop.ana.open(in: shop.centro).json)
            #expect(try await shop.ana.get(path).status == 200)
            #expect(try await shop.administrator.get(path).status == 200)
            #expect(try await shop.bruno.get(path).status == 403)
            let foreign = try await shop.diego.get(path)
            let random = try await shop.diego.get(
                "/v1/businesses/\(shop.corner)/sessions/0197f4a0-8a2b-7c33-8d41-6f0e5b6a7c8d")
            #expect(foreign.status == 404)
            #expect(try foreign.json["detail"] == random.json["detail"])
            #expect(try await shop.ana.get("/v1/businesses/\(shop.centro)/sessions/not-an-id").status == 404)
            #expect(try await shop.stranger.get(path).status == 401)
        }
    }

    @Test("A list returns each session once, newest first, even if sessions are opened between its pages")
    func pages() async throws {
        try await withShop { shop in
            for _ in 0..<7 {
                let session = try await shop.ana.open(in: shop.centro).json
                #expect(try await shop.ana.close(session).status == 200)
            }
            var path: String? = "/v1/businesses/\(shop.centro)/sessions?limit=3"
            var numbers: [Int64] = []
            while let next = path {
                let reply = try await shop.ana.get(next)
                #expect(reply.status == 200)
                let page = try reply.json
                numbers += page["items"].items.compactMap { $0["session_number"].integer }
                if numbers.count == 3 { _ = try await shop.ana.open(in: shop.centro) }
                let link = reply[header: "Link"]
                #expect((link == nil) == (page["next_cursor"] == nil))
                path = link.map { String($0.dropFirst().prefix { $0 != ">" }) }
                if let link { #expect(link.hasSuffix(#">; rel="next""#)) }
            }
            #expect(numbers == [7, 6, 5, 4, 3, 2, 1])
        }
    }

    @Test("A cursor is refused by any list other than its own")
    func cursorIsBound() async throws {
        try await withShop { shop in
            for _ in 0..<2 { _ = try await shop.ana.close(try await shop.ana.open(in: shop.centro).json) }
            let base = "/v1/businesses/\(shop.centro)/sessions"
            let cursor = try #require(try await shop.ana.get("\(base)?limit=1").json["next_cursor"].string)
            for path in ["\(base)?cursor=\(cursor)&status=CLOSED", "/v1/sessions?cursor=\(cursor)", "\(base)?cursor=x"]
            {
                let reply = try await shop.ana.get(path)
                #expect(reply.status == 422, "\(path)")
                #expect(try reply.json["errors"][0]["code"] == "INVALID_CURSOR")
            }
        }
    }

    @Test("Session lists apply their filters to a cashier's own sessions, or to all for an administrator")
    func filters() async throws {
        try await withShop { shop in
            let closed = try await shop.ana.open(in: shop.centro).json
            _ = try await shop.ana.close(closed)
            let open = try await shop.ana.open(in: shop.centro).json
            let other = try await shop.bruno.open(in: shop.centro).json
            let elsewhere = try await shop.ana.open(in: shop.villaMorra).json
            func ids(_ person: Person, _ path: String) async throws -> [JSON] {
                let reply = try await person.get(path)
                #expect(reply.status == 200, "\(path): \(reply.text)")
                return try reply.json["items"].items.map { $0["id"] }
            }
            let list = "/v1/businesses/\(shop.centro)/sessions"
            #expect(try await ids(shop.ana, list) == [open["id"], closed["id"]])
            #expect(try await ids(shop.administrator, list) == [other["id"], open["id"], closed["id"]])
            #expect(try await ids(shop.administrator, "\(list)?status=OPEN") == [other["id"], open["id"]])
            #expect(try await ids(shop.administrator, "\(list)?status=CLOSED") == [closed["id"]])
            #expect(try await ids(shop.administrator, "\(list)?cashier_id=\(shop.bruno.id)") == [other["id"]])
            #expect(
                try await ids(shop.administrator, "\(list)?cashier_id=\(shop.ana.id)&status=OPEN") == [open["id"]])
            #expect(try await ids(shop.ana, "\(list)?stale=true").isEmpty)
            let moment = open["opened_at"].string ?? ""
            #expect(try await ids(shop.ana, "\(list)?opened_before=\(moment)") == [closed["id"]], "not included")
            #expect(try await ids(shop.ana, "\(list)?opened_from=\(moment)") == [open["id"]], "included")
            let last = try await shop.administrator.get("\(list)?opened_before=2999-01-01T00:00:00Z&limit=1").json
            let next = "\(list)?opened_before=2999-01-01T00:00:00Z&limit=9&cursor=\(last["next_cursor"].string ?? "")"
            #expect(try await ids(shop.administrator, next) == [open["id"], closed["id"]])
            #expect(try await ids(shop.ana, "\(list)?opened_before=2020-01-01T00:00:00Z").isEmpty)
            let day = open["business_date"].string ?? ""
            #expect(
                try await ids(shop.ana, "\(list)?business_date_from=\(day)&business_date_to=\(day)")
                    == [open["id"], closed["id"]])
            #expect(try await ids(shop.ana, "/v1/sessions") == [elsewhere["id"], open["id"], closed["id"]])
            #expect(
                try await ids(shop.administrator, "/v1/sessions?status=OPEN")
                    == [elsewhere["id"], other["id"], open["id"]])
            #expect(try await shop.bruno.get("\(list)?cashier_id=\(shop.ana.id)").status == 403)
            #expect(try await shop.bruno.get("\(list)?deleted=true").status == 403)
            #expect(try await ids(shop.diego, "/v1/sessions").isEmpty)
        }
    }

    @Test("terminal_id lists the sessions of a terminal, with any other filter and in pages, in every list")
    func terminal() async throws {
        try await withShop { shop in
            func open(_ person: Person, _ business: String, _ fields: String) async throws -> JSON {
                let reply = try await person.open(in: business, #"{"initial_cash": 150000, \#(fields)}"#)
                #expect(reply.status == 201, "\(reply.text)")
                return try reply.json
            }
            let field = #""terminal_id": "Caja 1""#
            var closed: [JSON] = []
            for _ in 0..<3 {
                closed.append(try await open(shop.ana, shop.centro, field))
                #expect(try await shop.ana.close(closed[closed.endIndex - 1]).status == 200)
            }
            let deleted = closed.removeLast()
            #expect(try await shop.administrator.delete(deleted).status == 204)
            let other = try await open(shop.ana, shop.centro, #""terminal_id": "caja 1""#)
            let brunos = try await open(shop.bruno, shop.centro, #"\#(field), "external_id": "POS:1""#)
            let elsewhere = try await open(shop.ana, shop.villaMorra, field)
            // Only the ids order sessions that were opened at the same time.
            try shop.execute("update cash_sessions set opened_at = (select min(s.opened_at) from cash_sessions as s)")
            let moment = try await shop.ana.get(Person.path(of: other)).json["opened_at"].string ?? ""
            for (list, others) in [("/v1/businesses/\(shop.centro)/sessions", []), ("/v1/sessions", [elsewhere])] {
                let all = closed + [brunos] + others
                for (person, query, sessions) in [
                    (shop.administrator, "", all), (shop.ana, "", closed + others), (shop.bruno, "", [brunos]),
                    (shop.administrator, "status=OPEN", [brunos] + others), (shop.ana, "status=CLOSED", closed),
                    (shop.administrator, "cashier_id=\(shop.bruno.id)", [brunos]),
                    (shop.administrator, "needs_review=false", closed), (shop.ana, "needs_review=true", []),
                    (shop.administrator, "uncounted=true", []), (shop.administrator, "stale=true", []),
                    (shop.administrator, "flagged=true", []), (shop.administrator, "flagged=false", all),
                    (shop.administrator, "opened_from=\(moment)", all), (shop.ana, "opened_before=\(moment)", []),
                    (shop.ana, "business_date_to=2020-01-01", []), (shop.administrator, "deleted=true", [deleted]),
                    (shop.administrator, "external_id=POS:1", [brunos]), (shop.ana, "external_id=POS:1", []),
                ] {
                    let ids = sessions.compactMap { $0["id"].string }.sorted(by: >)
                    var found: [String] = []
                    var cursor: String?
                    repeat {
                        let after = cursor.map { "&cursor=\($0)" } ?? ""
                        let reply = try await person.get("\(list)?terminal_id=Caja%20%201&limit=2&\(query)\(after)")
                        #expect(reply.status == 200, "\(reply.text)")
                        found += try reply.json["items"].items.compactMap { $0["id"].string }
                        cursor = try reply.json["next_cursor"].string
                    } while cursor != nil && found.count < 10
                    #expect(found == ids, "\(list) \(query)")
                }
                let page = try await shop.administrator.get("\(list)?terminal_id=Caja+1&limit=2").json
                let cursor = "cursor=\(page["next_cursor"].string ?? "")"
                for query in ["terminal_id=caja+1&\(cursor)", "\(cursor)"] {
                    let refused = try await shop.administrator.get("\(list)?\(query)").json
                    #expect(refused["errors"][0]["code"] == "INVALID_CURSOR", "\(query)")
                }
                for query in ["terminal_id=Caja+2", "terminal_id=caja+1&external_id=POS:1"] {
                    let none = try await shop.administrator.get("\(list)?\(query)").json
                    #expect(none["items"].items.isEmpty, "\(query)")
                }
                #expect(try await shop.ana.get("\(list)?terminal_id=").status == 422)
                #expect(try await shop.bruno.get("\(list)?terminal_id=x&cashier_id=\(shop.ana.id)").status == 403)
            }
            let hidden = "/v1/businesses/\(shop.centro)/sessions?terminal_id=Caja+1"
            #expect(try await shop.carla.get(hidden).status == 404)
        }
    }

    @Test("Unknown, repeated and malformed query parameters are all reported at once")
    func parameters() async throws {
        try await withShop { shop in
            let reply = try await shop.ana.get("/v1/sessions?limit=201&status=open&foo=1&stale=maybe&status=CLOSED")
            #expect(reply.status == 422)
            let faults = Set(
                try reply.json["errors"].items.map { "\($0["parameter"].string ?? "") \($0["code"].string ?? "")" })
            #expect(
                faults == ["limit RANGE", "foo UNKNOWN_PARAMETER", "status ENUM", "status DUPLICATE", "stale ENUM"])
            #expect(try await shop.ana.get("/v1/sessions?limit=200").status == 200)
            #expect(try await shop.ana.get("/v1/sessions?limit=0").status == 422)
        }
    }
}
