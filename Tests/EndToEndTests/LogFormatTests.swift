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
            #expect(line["business_id"] == .string(shop.centro))
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
