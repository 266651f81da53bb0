import Foundation
import TestSupport
import Testing

@Suite("Traces of the running program")
struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let route = "/v1/businesses/{business_id}/sessions"

    private static func headers(_ request: String, sampled: Bool = true) -> [String: String] {
        ["traceparent": "00-\(trace)-00f067aa0ba902b7-0\(sampled ? 1 : 0)", "X-Request-Id": request]
    }

    /// The line of a request in the log.
    private func line(of request: String, in shop: Shop) async throws -> JSON {
        try await eventually("the log has it") {
            try shop.services[0].log("request").first { $0["client_request_id"] == .string(request) }
        }
    }

    /// The span of a request, once it was exported.
    private func span(of request: String, at collector: TraceCollector) async throws -> TraceSpan {
        try await eventually("its span arrives") {
            try collector.spans().first { $0.attributes["cashpilot.client_request_id"] == request }
        }
    }

    @Test("A request is a span of its caller's trace, written as OpenTelemetry defines it")
    func exported() async throws {
        let collector = try await TraceCollector()
        let settings = ["OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint + "/", "OTEL_SERVICE_NAME": "tills"]
        try await withShop(settings: settings) { shop in
            let before = Date.now
            let reply = try await shop.ana.open(in: shop.centro, headers: Self.headers("till-7"))
            #expect(reply.status == 201)
            let span = try await span(of: "till-7", at: collector)
            #expect(span.trace == Self.trace)
            #expect(span.parent == "00f067aa0ba902b7")
            #expect(reply[header: "traceresponse"] == "00-\(Self.trace)-\(span.id)-01")
            #expect(span.json["name"] == .string("POST \(Self.route)"))
            #expect(span.json["kind"] == 2)
            #expect(span.json["status"] == .null)
            let start = Date(timeIntervalSince1970: Double(span.start) / 1e9)
            #expect(before.addingTimeInterval(-1) < start && start < .now.addingTimeInterval(1))
            var attributes = span.attributes
            #expect(attributes.removeValue(forKey: "cashpilot.request_id") != "till-7")
            #expect(
                attributes == [
                    "http.request.method": "POST", "http.route": Self.route, "http.response.status_code": "201",
                    "cashpilot.client_request_id": "till-7", "cashpilot.business_id": shop.centro,
                ])
            let export = try #require(try collector.exports().first)
            #expect(export["path"] == "/v1/traces")
            #expect(export["type"] == "application/json")
            #expect(export["errors"] == .array([]))
            let resource = export["export"]["resourceSpans"][0]["resource"]["attributes"]
            #expect(resource[0]["key"] == "service.name" && resource[0]["value"]["stringValue"] == "tills")
            #expect(resource[1]["key"] == "service.version")
            let line = try await line(of: "till-7", in: shop)
            #expect(line["trace_id"] == .string(Self.trace))
            #expect(line["duration_us"].integer == (span.end - span.start) / 1000)
            try await eventually("it is counted") {
                try await shop.services[0].metric("cashpilot_trace_spans_exported_total") == "0" ? nil : true
            }
            #expect(try await shop.services[0].metric("cashpilot_trace_spans_dropped_total") == "0")
        }
    }

    @Test("Without a valid traceparent a trace begins here; the log has its id too", arguments: [nil, "00-0-0-01"])
    func begun(traceparent: String?) async throws {
        let collector = try await TraceCollector()
        try await withShop(settings: ["OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint]) { shop in
            var headers = ["X-Request-Id": "till-8"]
            headers["traceparent"] = traceparent
            let reply = try await shop.ana.get("/no-such-route/\(shop.ana.id)", headers: headers)
            let answered = try #require(reply[header: "traceresponse"])
            let span = try await span(of: "till-8", at: collector)
            #expect(answered == "00-\(span.trace)-\(span.id)-01")
            #expect(span.parent == "")
            #expect(span.json["name"] == "GET")
            #expect(span.attributes["http.route"] == nil)
            #expect(try await line(of: "till-8", in: shop)["trace_id"] == .string(span.trace))
        }
    }

    @Test("What is not sampled is not exported, by its caller's flag or by the ratio; what is left at the end is")
    func unsampled() async throws {
        let collector = try await TraceCollector()
        let settings = ["OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "OTEL_TRACES_SAMPLER_ARG": "0"]
        try await withShop(settings: settings) { shop in
            let caller = try await shop.ana.get("/v1/me", headers: Self.headers("till-1", sampled: false))
            #expect(caller[header: "traceresponse"]?.hasSuffix("-00") == true)
            let own = try await shop.ana.get("/v1/me", headers: ["X-Request-Id": "till-2"])
            #expect(own[header: "traceresponse"]?.hasSuffix("-00") == true)
            #expect(try await line(of: "till-1", in: shop)["trace_id"] == .string(Self.trace))
            _ = try await shop.ana.get("/v1/me", headers: Self.headers("till-3"))
            shop.services[0].process.signal(SIGTERM)
            #expect(try await shop.services[0].process.wait() == 0)
            #expect(try collector.spans().map { $0.attributes["cashpilot.client_request_id"] } == ["till-3"])
        }
    }

    @Test("A collector that refuses, or is away, costs no request anything: what is lost is counted, and said once")
    func refused() async throws {
        let collector = try await TraceCollector(answering: 503)
        for (endpoint, reason) in [
            (collector.endpoint, "the response has status 503"), ("http://127.0.0.1:1", "connection refused"),
            ("http://[::1]:1/prefix", "connection refused"),
        ] {
            try await withShop(settings: ["OTEL_EXPORTER_OTLP_ENDPOINT": endpoint]) { shop in
                let service = shop.services[0]
                for count in 1...2 {
                    #expect(try await shop.ana.get("/v1/me").status == 200)
                    try await eventually("the loss is counted") {
                        try await service.metric("cashpilot_trace_spans_dropped_total") == "\(count)" ? true : nil
                    }
                }
                let said = try service.log("Spans are not exported")
                #expect(said.count == 1)
                #expect(said.first?["error"] == .string("\(endpoint)/v1/traces: \(reason)"), "\(said)")
                #expect(try await service.metric("cashpilot_trace_spans_exported_total") == "0")
            }
        }
    }

    @Test("An export that fails gives its reason once, and the next one that succeeds says so")
    func recovers() async throws {
        let collector = try await TraceCollector()
        let line = try ServiceLine(to: collector.endpoint)
        let long = String(repeating: "x", count: 70_000)
        try await withShop(settings: ["OTEL_EXPORTER_OTLP_ENDPOINT": line.address]) { shop in
            let service = shop.services[0]
            let cases: [(ServiceLine.State, String)] = [
                (.losesAnswers, "the connection closed before the response ended"),
                (.answers("220 mail.example ESMTP\r\n"), "the response is not valid HTTP"),
                (.answers("HTTP/1.1 307 Elsewhere\r\nLocation: /\r\n\r\n"), "the response has status 307"),
                (.answers("HTTP/1.1 200 OK\r\n\r\n\(long)"), "the response is longer than 65536 bytes"),
            ]
            for (index, (state, reason)) in cases.enumerated() {
                line.become(state)
                #expect(try await shop.ana.get("/v1/me").status == 200)
                let failed = try await eventually("the failure is logged") {
                    let said = try service.log("Spans are not exported")
                    return said.count > index ? said : nil
                }
                #expect(failed[index]["error"] == .string("\(line.address)/v1/traces: \(reason)"))
                line.become(.whole)
                #expect(try await shop.ana.get("/v1/me").status == 200)
                try await eventually("the recovery is logged") {
                    try service.log("Spans are exported again").count > index ? true : nil
                }
            }
        }
    }

    @Test("No request waits for a collector that does not respond, and the shutdown gives up on it")
    func slow() async throws {
        let collector = try await TraceCollector(after: .seconds(3600))
        try await withShop(settings: ["OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint]) { shop in
            let service = shop.services[0]
            func dropped() async throws -> Int {
                Int(try await service.metric("cashpilot_trace_spans_dropped_total") ?? "") ?? 0
            }
            try await eventually("a request is answered while an export waits", within: .seconds(60)) {
                let sent = try collector.spans().count
                #expect(try await shop.ana.get("/v1/me").status == 200)
                return try await dropped() < sent ? true : nil
            }
            try await eventually("the loss is counted") { try await dropped() > 0 ? true : nil }
            service.process.signal(SIGTERM)
            #expect(try await service.process.wait() == 0)
        }
    }

    @Test("Without an endpoint no span is made")
    func off() async throws {
        try await withShop { shop in
            let reply = try await shop.ana.get("/v1/me", headers: Self.headers("till-9"))
            #expect(reply[header: "traceresponse"] == nil)
            #expect(try await line(of: "till-9", in: shop)["trace_id"] == .string(Self.trace))
        }
    }

    @Test(
        "An endpoint that cannot be one is refused at the start, and not shown: it may have a password",
        arguments: [
            "collector:4318", "ftp://collector", "http://", "http://h:0", "http://h:70000", "http://ana:hunter2@h",
            "http://h?hunter2", "http://h#x", "http://a b",
        ])
    func endpoint(_ endpoint: String) async throws {
        let settings = ["OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, "OTEL_TRACES_SAMPLER_ARG": "1.5"]
        let process = try CashPilotProcess(["serve"], environment: settings)
        #expect(try await process.wait() != 0)
        #expect(process.errors.contains("OTEL_EXPORTER_OTLP_ENDPOINT is invalid: expected an http:// URL"))
        #expect(!process.errors.contains("hunter2"))
        #expect(process.errors.contains("OTEL_TRACES_SAMPLER_ARG \"1.5\" is invalid: expected 0…1"))
    }

    @Test("A TLS endpoint is refused at the start, with the advice to run a collector beside the service")
    func plainHTTPOnly() async throws {
        let settings = ["OTEL_EXPORTER_OTLP_ENDPOINT": "https://collector.example:4318"]
        let process = try CashPilotProcess(["config"], environment: settings)
        #expect(try await process.wait() == 1)
        #expect(
            process.errors.contains(
                """
                  OTEL_EXPORTER_OTLP_ENDPOINT is invalid: the service exports spans over plain HTTP only. Run an \
                OpenTelemetry Collector beside the service, set its http:// URL here, and let it export over TLS.

                """), "\(process.errors)")
    }
}
