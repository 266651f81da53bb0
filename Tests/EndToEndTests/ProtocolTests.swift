import TestSupport
import Testing

@Suite("HTTP protocol")
struct ProtocolTests {
    private func expectProblem(_ reply: Reply, _ status: Int, _ code: JSON) throws {
        let problem = try reply.json
        #expect(reply.status == status)
        #expect(reply[header: "Content-Type"] == "application/problem+json")
        #expect(reply[header: "Cache-Control"] == "no-store")
        #expect(reply[header: "X-Content-Type-Options"] == "nosniff")
        #expect(reply[header: "Content-Language"] != nil)
        #expect(problem["code"] == code, "\(reply.text)")
        #expect(problem["status"].integer == Int64(status))
        #expect(problem["request_id"].string == reply[header: "X-Request-Id"])
        for member in ["type", "title", "detail", "instance"] { #expect(problem[member].string != nil, "\(member)") }
    }

    @Test("An unknown path is 404, with and without a token")
    func notFound() async throws {
        try await withShop { shop in
            for path in ["/v1", "/v1/nothing", "//v1//me", "/v1/me/", "/V1/me", "/problems/nothing", "/v1/%6de"] {
                try expectProblem(try await shop.stranger.get(path), 404, "NOT_FOUND")
                try expectProblem(try await shop.ana.get(path), 404, "NOT_FOUND")
            }
        }
    }

    @Test("An unsupported method is 405 with the supported methods in Allow")
    func wrongMethod() async throws {
        try await withShop { shop in
            let reply = try await shop.ana.send("DELETE", "/v1/businesses/\(shop.centro)/sessions")
            try expectProblem(reply, 405, "METHOD_NOT_ALLOWED")
            let allowed = Set((reply[header: "Allow"] ?? "").split(separator: ",").map { $0.drop { $0 == " " } })
            #expect(allowed == ["GET", "HEAD", "POST", "OPTIONS"])
            try expectProblem(try await shop.stranger.send("PUT", "/livez"), 405, "METHOD_NOT_ALLOWED")
            let head = try await shop.stranger.send("HEAD", "/livez")
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }

    @Test("A body larger than 64 KiB is refused with 413")
    func bodyLimit() async throws {
        try await withShop { shop in
            let frame = #"{"initial_cash": 1, "notes": ""}"#
            func body(_ size: Int) -> String {
                #"{"initial_cash": 1, "notes": "\#(String(repeating: "x", count: size - frame.utf8.count))"}"#
            }
            try expectProblem(try await shop.ana.open(in: shop.centro, body(65_536)), 422, "VALIDATION_FAILED")
            try expectProblem(try await shop.ana.open(in: shop.centro, body(65_537)), 413, "PAYLOAD_TOO_LARGE")
        }
    }

    @Test("A body that is not declared as JSON is refused with 415")
    func mediaType() async throws {
        try await withShop { shop in
            for type in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"] {
                let reply = try await shop.ana.open(in: shop.centro, headers: ["Content-Type": type])
                try expectProblem(reply, 415, "UNSUPPORTED_MEDIA_TYPE")
            }
            let reply = try await shop.ana.open(
                in: shop.centro, headers: ["Content-Type": "application/json; charset=UTF-8"])
            #expect(reply.status == 201)
        }
    }

    @Test(
        "Malformed JSON is refused with 400",
        arguments: [
            "", "{", "{\"initial_cash\": 1,}", "{\"initial_cash\": 01}", "{\"a\": 1, \"a\": 2}", "{} {}", "nul",
            "{\"initial_cash\": 1e}", "{\"notes\": \"\\ud800\"}", String(repeating: "[", count: 33),
        ])
    func malformed(body: String) async throws {
        try await withShop { shop in
            try expectProblem(try await shop.ana.open(in: shop.centro, body), 400, "MALFORMED_JSON")
        }
    }

    @Test("All invalid fields of a body are reported at once, with pointers, in the caller's language")
    func allFaults() async throws {
        try await withShop { shop in
            let body = """
                {"allow_overlap": true, "terminal_id": 7, "cashier_id": "me", "notes": "tarjeta 4111111111111111"}
                """
            let reply = try await shop.ana.open(in: shop.centro, body, headers: ["Accept-Language": "en"])
            try expectProblem(reply, 422, "VALIDATION_FAILED")
            let errors = try reply.json["errors"].items
            let faults = Set(errors.map { "\($0["pointer"].string ?? "") \($0["code"].string ?? "")" })
            #expect(
                faults == [
                    "#/initial_cash REQUIRED", "#/allow_overlap UNKNOWN_FIELD", "#/terminal_id TYPE",
                    "#/cashier_id FORMAT", "#/notes FORMAT",
                ])
            let required = errors.first { $0["code"] == "REQUIRED" }
            #expect(required?["detail"].string?.hasPrefix("This field is required: send a whole number ") == true)
            #expect(required?["minimum"] == 0 && required?["maximum"] == 999_999_999_999)
            let unknown = errors.first { $0["code"] == "UNKNOWN_FIELD" }
            #expect(unknown?["allowed"].items.contains("initial_cash") == true)
        }
    }

    @Test(
        "An amount other than a whole number from 0 to 999 999 999 999 is refused",
        arguments: [
            ("-1", "RANGE"), ("1000000000000", "RANGE"), ("9223372036854775808", "RANGE"), ("1.5", "TYPE"),
            ("1e-3", "TYPE"), ("\"5\"", "TYPE"), ("true", "TYPE"), ("[]", "TYPE"), ("1e400", "RANGE"),
        ])
    func amounts(text: String, code: String) async throws {
        try await withShop { shop in
            let reply = try await shop.ana.open(in: shop.centro, #"{"initial_cash": \#(text)}"#)
            try expectProblem(reply, 422, "VALIDATION_FAILED")
            #expect(try reply.json["errors"][0]["code"].string == code)
            #expect(try await shop.ana.open(in: shop.centro, #"{"initial_cash": 999999999999}"#).status == 201)
        }
    }

    @Test(
        "A whole amount is accepted however it is spelled, also after a byte order mark",
        arguments: [
            "150000", "150000.0", "1.5e5", "15E+4", "1500000e-1", "\u{FEFF}150000",
        ])
    func spellings(text: String) async throws {
        try await withShop { shop in
            let mark = text.unicodeScalars.first == "\u{FEFF}" ? "\u{FEFF}" : ""
            let amount = text.unicodeScalars.filter { $0 != "\u{FEFF}" }.map(String.init).joined()
            let reply = try await shop.ana.open(in: shop.centro, #"\#(mark){"initial_cash": \#(amount)}"#)
            #expect(reply.status == 201, "\(reply.text)")
            #expect(try reply.json["initial_cash"] == 150_000)
        }
    }

    @Test("A time in a query whose + is not escaped gets an answer that says %2B")
    func plus() async throws {
        try await withShop { shop in
            let path = "/v1/sessions?opened_from=2026-01-01T00:00:00"
            let reply = try await shop.administrator.get(path + "+02:00")
            try expectProblem(reply, 422, "VALIDATION_FAILED")
            #expect(reply.text.contains("%2B"))
            #expect(try await shop.administrator.get(path + "%2B02:00").status == 200)
        }
    }

    @Test("A well-formed X-Request-Id of the client is returned, and any other is replaced")
    func requestID() async throws {
        try await withShop { shop in
            let mine = try await shop.stranger.get("/livez", headers: ["X-Request-Id": "caja-1.42_a"])
            #expect(mine[header: "X-Request-Id"] == "caja-1.42_a")
            for bad in ["", "has space", "é", String(repeating: "a", count: 129)] {
                let replaced = try await shop.stranger.get("/livez", headers: ["X-Request-Id": bad])
                #expect(replaced[header: "X-Request-Id"]?.utf8.count == 36)
            }
        }
    }

    @Test("The contract, the problem pages and the probes are served without a token")
    func openPages() async throws {
        try await withShop { shop in
            let contract = try await shop.stranger.get("/openapi.yaml")
            #expect(contract.status == 200)
            #expect(contract.text.hasPrefix("openapi: 3.1"))
            let page = try await shop.stranger.get(
                "/problems/session-already-open", headers: ["Accept-Language": "en"])
            #expect(page.status == 200)
            #expect(page[header: "Content-Type"]?.hasPrefix("text/html") == true)
            #expect(page.text.contains("SESSION_ALREADY_OPEN"))
            let live = try await shop.stranger.get("/livez").json
            #expect(live["status"] == "ok")
            let version = try await shop.run(["--version"]).output
            #expect(live["version"].string.map { "\($0)\n" } == version)
            let ready = try await shop.stranger.get("/readyz")
            #expect(ready.status == 200)
            #expect(try ready.json["guard"] == "enforced")
        }
    }

    @Test("A missing one-open index leaves the service ready, and /readyz reports it as degraded")
    func indexMissing() async throws {
        try await withShop { shop in
            try shop.execute("drop index uq_cash_sessions_one_open_per_cashier_business")
            let ready = try await shop.stranger.get("/readyz")
            #expect(ready.status == 200)
            #expect(try ready.json["status"] == "degraded")
            #expect(try ready.json["guard"] == "missing")
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
            #expect(try await shop.ana.open(in: shop.centro).status == 409)
        }
    }
}
