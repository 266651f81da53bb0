import Foundation
import TestSupport
import Testing

@Suite("Log formats")
struct LogFormatTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    private func open(in shop: Shop) async throws {
        let headers = ["traceparent": "00-\(Self.trace)-00f067aa0ba902b7-01", "X-Request-Id": "till-7"]
        #expect(try await shop.ana.open(in: shop.centro, headers: headers).status == 201)
    }

    @Test("A request is one JSON log line with its route, status, duration, ids, user and business")
    func json() async throws {
        try await withShop { shop in
            try await open(in: shop)
            let line = try await eventually("the log has it") {
                try shop.services[0].log("request").first { $0["client_request_id"] == "till-7" }
            }
            #expect(line["method"] == "POST")
            #expect(line["route"] == "/v1/businesses/{business_id}/sessions")
            #expect(line["status"] == 201)
            #expect(line["duration_us"].integer ?? 0 > 0)
            #expect(line["trace_id"] == .string(Self.trace))
            #expect(line["user_id"] == .string(shop.ana.id))
            #expect(line["client"] == "127.0.0.1")
            #expect(line["business_id"] == .string(shop.centro))
        }
    }

    @Test("A request line has the client's address behind a trusted proxy, and ignores the header of others")
    func client() async throws {
        for (proxies, expected) in [("127.0.0.1", "203.0.113.7"), ("10.0.0.1", "127.0.0.1")] {
            try await withShop(settings: ["TRUSTED_PROXIES": proxies]) { shop in
                let headers = ["X-Forwarded-For": "203.0.113.7", "X-Request-Id": "till-8"]
                _ = try await shop.ana.open(in: shop.centro, headers: headers)
                let line = try await eventually("the log has it") {
                    try shop.services[0].log("request").first { $0["client_request_id"] == "till-8" }
                }
                #expect(line["client"] == .string(expected))
            }
        }
    }

    @Test("Logins are logged by result, with the user or a keyed hash of an unknown e-mail, and counted")
    func logins() async throws {
        try await withShop { shop in
            let service = shop.services[0]
            func logIn(_ email: String, _ password: String) async throws -> Int {
                try await shop.stranger.post(
                    "/v1/auth/token", #"{"email": "\#(email)", "password": "\#(password)"}"#
                ).status
            }
            #expect(try await logIn(shop.ana.email, shop.ana.password) == 200)
            #expect(try await logIn(shop.ana.email, "a wrong password") == 401)
            for _ in 1...2 { #expect(try await logIn("nobody@shop.example", "a wrong password") == 401) }
            let failed = try await eventually("the log has the failures") {
                let lines = try service.log("login_failed")
                return lines.count == 3 ? lines : nil
            }
            #expect(try service.log("login").map { $0["user_id"] } == [.string(shop.ana.id)])
            #expect(failed[0]["user_id"] == .string(shop.ana.id) && failed[0]["client"] == "127.0.0.1")
            #expect(failed[1]["user_id"] == .null && failed[1]["email_hash"].string?.isEmpty == false)
            #expect(failed[1]["email_hash"] == failed[2]["email_hash"], "repetitions are visible")
            #expect(!service.process.errors.contains("nobody@shop.example"))
            let metrics = try await service.metrics()
            #expect(metrics.contains(#"cashpilot_logins_total{result="success"} 1"#), "\(metrics)")
            #expect(metrics.contains(#"cashpilot_logins_total{result="failure"} 3"#))
            #expect(metrics.contains(#"cashpilot_logins_total{result="throttled"} 0"#))
        }
    }

    @Test("Invalid HTTP is counted, and logged at most once a second with a count")
    func refused() async throws {
        try await withShop { shop in
            let service = shop.services[0]
            let port = try #require(service.address.split(separator: ":").last.flatMap { Int($0) })
            for _ in 1...20 {
                try await RawConnection.talk(to: port) { connection in
                    connection.send("GET nonsense\r\n\r\n")
                    _ = connection.receive(upTo: "never")
                }
            }
            try await eventually("all are counted") {
                try await service.metric("cashpilot_http_refused_total") == "20" ? true : nil
            }
            let lines = try await eventually("the log has a line") {
                let lines = try service.log("request_refused")
                return lines.isEmpty ? nil : lines
            }
            #expect(lines[0]["peer"] == "127.0.0.1" && lines[0]["count"] == 1)
        }
    }

    @Test("LOG_FORMAT=text logs the same fields as plain text, also without a terminal")
    func text() async throws {
        try await withShop(settings: ["LOG_FORMAT": "text"]) { shop in
            try await open(in: shop)
            let line = try await eventually("the log has it") {
                shop.services[0].process.errors.split(separator: "\n").first { $0.contains("request_id=till-7") }
            }
            let words = [
                "info", "request", "method=POST", "route=/v1/businesses/{business_id}/sessions", "status=201",
                "trace_id=\(Self.trace)", "user_id=\(shop.ana.id)", "business_id=\(shop.centro)",
            ]
            #expect(Set(words).isSubset(of: line.split(separator: " ").map(String.init)), "\(line)")
        }
    }
}
