import Testing

@testable import Telemetry

@Suite("Metrics")
struct MetricsTests {
    private let metrics = Metrics(
        prefix: "cashpilot",
        routes: [
            Metrics.Route(method: "GET", path: "/v1/me"), Metrics.Route(method: "POST", path: "/v1/{\"\\\n}"),
        ],
        gauges: [
            Gauge("pool_connections", help: "Connections\nof \\ each \"lane\".", labels: [("lane", "re\"ad\\\n")]) {
                2
            },
            Gauge("pool_connections", help: "", labels: [("lane", "write")]) { 8 },
            Gauge("lines_dropped_total", help: "Lines.", kind: .counter) { 5 },
        ])

    @Test("Requests are counted by route, method and status, and unmatched ones separately")
    func requests() async throws {
        count(0, 200, .milliseconds(1), times: 3)
        count(0, 409, .milliseconds(1))
        count(1, 201, .milliseconds(1))
        count(nil, 404, .milliseconds(1), times: 2)
        count(99, 404, .milliseconds(1))
        count(0, 9999, .milliseconds(1))
        let samples = try await PrometheusText(metrics.text()).samples
        let name = "cashpilot_http_requests_total"
        #expect(samples[name + #"{method="GET",route="/v1/me",status="200"}"#] == 3)
        #expect(samples[name + #"{method="GET",route="/v1/me",status="409"}"#] == 1)
        #expect(samples[name + #"{method="GET",route="/v1/me",status="599"}"#] == 1)
        #expect(samples[name + #"{method="other",route="unmatched",status="404"}"#] == 3)
        #expect(samples.filter { $0.key.hasPrefix(name) }.values.reduce(0, +) == 9)
    }

    @Test("Histogram buckets are cumulative and include their bounds, and the last one is the count")
    func histogram() async throws {
        for duration in [
            Duration.zero, .microseconds(500), .microseconds(501), .milliseconds(5), .seconds(5), .seconds(6),
        ] { count(0, 200, duration) }
        let text = try await PrometheusText(metrics.text())
        let labels = #"method="GET",route="/v1/me""#
        let name = "cashpilot_http_request_duration_seconds"
        let buckets = text.order.filter { $0.hasPrefix(name + "_bucket{" + labels) }.compactMap { text.samples[$0] }
        #expect(buckets == [2, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 6])
        #expect(text.samples[name + #"_bucket{\#(labels),le="0.0005"}"#] == 2)
        #expect(text.samples[name + #"_bucket{\#(labels),le="5"}"#] == 5)
        #expect(text.samples[name + #"_bucket{\#(labels),le="+Inf"}"#] == 6)
        #expect(text.samples[name + "_count{\(labels)}"] == 6)
        #expect(text.samples[name + "_sum{\(labels)}"] == 11.006001)
    }

    @Test("The metrics are in Prometheus' format 0.0.4, with each family described once and labels escaped")
    func format() async throws {
        count(1, 201, .milliseconds(1))
        let text = await metrics.text()
        let parsed = try PrometheusText(text)
        #expect(parsed.samples[#"pool_connections{lane="re\"ad\\\n"}"#] == 2)
        #expect(parsed.samples[#"pool_connections{lane="write"}"#] == 8)
        #expect(parsed.samples["lines_dropped_total"] == 5)
        #expect(parsed.types["pool_connections"] == "gauge")
        #expect(parsed.types["lines_dropped_total"] == "counter")
        #expect(parsed.types["cashpilot_http_request_duration_seconds"] == "histogram")
        #expect(text.contains(#"# HELP pool_connections Connections\nof \\ each "lane"."#))
        #expect(text.contains(#"route="/v1/{\"\\\n}""#))
        #expect(text.hasSuffix("\n"))
    }

    @Test("Requests in flight are counted")
    func inFlight() async throws {
        metrics.begin()
        metrics.begin()
        metrics.end(0, status: 200, duration: .zero)
        let samples = try await PrometheusText(metrics.text()).samples
        #expect(samples["cashpilot_http_requests_in_flight"] == 1)
    }

    @Test("A counter is among the metrics and counts its increments")
    func counter() async throws {
        let conflicts = Counter("conflicts_total", help: "Conflicts.")
        let metrics = Metrics(prefix: "test", routes: [], gauges: [conflicts.gauge])
        conflicts.increment()
        conflicts.increment()
        let parsed = try PrometheusText(await metrics.text())
        #expect(parsed.samples["conflicts_total"] == 2)
        #expect(parsed.types["conflicts_total"] == "counter")
    }

    @Test("No count is lost if several threads count concurrently")
    func concurrent() async throws {
        await withTaskGroup { group in
            for _ in 0..<8 { group.addTask { count(0, 200, .milliseconds(3), times: 1000) } }
        }
        let samples = try await PrometheusText(metrics.text()).samples
        #expect(samples[#"cashpilot_http_requests_total{method="GET",route="/v1/me",status="200"}"#] == 8000)
        #expect(samples["cashpilot_http_requests_in_flight"] == 0)
        #expect(samples[#"cashpilot_http_request_duration_seconds_sum{method="GET",route="/v1/me"}"#] == 24)
    }

    @Test(
        "Microseconds are written as exact decimal seconds",
        arguments: [
            (0, "0"), (1, "0.000001"), (500, "0.0005"), (1_000_000, "1"), (2_500_000, "2.5"), (12_345_678, "12.345678"),
        ] as [(Int64, String)])
    func seconds(_ microseconds: Int64, _ text: String) { #expect(MetricsText.seconds(microseconds) == text) }

    private func count(_ route: Int?, _ status: Int, _ duration: Duration, times: Int = 1) {
        for _ in 0..<times {
            metrics.begin()
            metrics.end(route, status: status, duration: duration)
        }
    }
}
