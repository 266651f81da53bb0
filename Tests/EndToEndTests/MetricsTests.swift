import Foundation
import TestSupport
import Testing

@Suite("Metrics of the running program")
struct MetricsTests {
    @Test("promtool accepts /metrics, and Prometheus scrapes it")
    func prometheus() async throws {
        try await withShop { shop in
            try await work(in: shop)
            let service = shop.services[0]
            let text = try await service.metrics()
            let checked = try await PrometheusServer.tool(["check", "metrics"], input: text)
            #expect(checked.status == 0, "\(checked.said)")
            #expect(checked.said == "")
            let folder = FileManager.default.temporaryDirectory.appending(path: "prometheus-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let address = service.managementAddress.dropFirst("http://".count)
            let configuration = """
                global: {scrape_interval: 5s, scrape_timeout: 5s}
                scrape_configs:
                  - job_name: cashpilot
                    static_configs: [{targets: ['\(address)']}]
                """
            try Data(configuration.utf8).write(to: folder.appending(path: "prometheus.yml"))
            let prometheus = try await PrometheusServer(folder: folder)
            // A scrape that takes longer than 5 s leaves no values behind.
            func untilScraped(_ expression: String, _ value: Double) async throws {
                try await eventually("\(expression) is \(value)") {
                    try await prometheus.values(of: expression) == [value] ? true : nil
                }
            }
            try await untilScraped(#"up{job="cashpilot"}"#, 1)
            try await untilScraped(#"cashpilot_http_requests_total{route=~".*/sessions",status="409"}"#, 1)
            try await untilScraped(
                #"cashpilot_database_statement_duration_seconds_count{statement="session_open_precheck"}"#, 2)
        }
    }

    @Test("/metrics counts the open sessions and the stale ones among them")
    func sessions() async throws {
        try await withShop { shop in
            #expect(try await shop.ana.open(in: shop.centro).status == 201)
            #expect(try await shop.bruno.open(in: shop.centro).status == 201)
            let closed = try await shop.carla.open(in: shop.corner).json
            #expect(try await shop.carla.close(closed).status == 200)
            let his = "where cashier_id = '\(shop.bruno.id)'"
            try shop.execute("update cash_sessions set opened_at = opened_at - interval '17 hours' \(his)")
            // The service counts sessions at its start.
            let service = try await Service(database: shop.connectionString)
            try await eventually("they are counted") {
                try await service.metric("cashpilot_sessions_open") == "2" ? true : nil
            }
            #expect(try await service.metric("cashpilot_sessions_stale") == "1")
        }
    }

    @Test("/metrics reports the build and the process under Prometheus' conventional names")
    func process() async throws {
        let before = Date.now.timeIntervalSince1970
        try await withShop { shop in
            let service = shop.services[0]
            let text = try await service.metrics()
            let build = try #require(
                text.firstMatch(
                    of:
                        #/cashpilot_build_info\{version="([^"]+)",commit="[^"]+",swift="6[^"]*",libpq="(\d+\.\d+)"\} 1\n/#
                ))
            let changelog = try Repository.text("CHANGELOG.md")
            let version = build.1.replacing("-dev", with: "")
            #expect(changelog.contains("## [\(version)]") || changelog.contains("What \(version) will be."))
            let pid = try #require(service.process.processID)
            // At the start, connections to the database are still being made.
            let open = try await eventually("as many open files as the system counts, but for the requests' own") {
                let open = try #require(try await service.metric("process_open_fds").flatMap(Int.init))
                // Only root can list the files of a process whose memory is protected.
                guard getuid() == 0 else { return open }
                let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd").count
                return abs(open - descriptors) <= 3 ? open : nil
            }
            let started = try #require(try await service.metric("process_start_time_seconds").flatMap(Double.init))
            // The system counts in hundredths of a second.
            #expect((before - 1...Date.now.timeIntervalSince1970 + 1).contains(started), "\(started)")
            let memory = try #require(try await service.metric("process_resident_memory_bytes").flatMap(Int.init))
            #expect((5_000_000...1_000_000_000).contains(memory))
            #expect(try await service.metric("process_cpu_seconds_total").flatMap(Double.init) ?? 0 > 0)
            #expect(try await service.metric("process_max_fds").flatMap(Int.init) ?? 0 >= open)
        }
    }

    @Test("docs/OPERATING.md documents exactly the metrics of the service, with their help texts")
    func documented() async throws {
        try await withShop { shop in
            try await work(in: shop)
            let text = try await shop.services[0].metrics()
            let rows = text.matches(of: #/(?m)^# HELP (\S+) (.+)\n# TYPE \S+ (\w+)$/#)
                .map { "| `\($0.1)` | \($0.3) | \($0.2) |" }
            let page = try Repository.text("docs/OPERATING.md")
            let table =
                "| metric | type | means |\n| --- | --- | --- |\n" + rows.sorted().joined(separator: "\n") + "\n\n"
            #expect(page.contains(table), "it should have:\n\(table)")
        }
    }

    /// An open, a conflict and a close.
    private func work(in shop: Shop) async throws {
        let opened = try await shop.ana.open(in: shop.centro).json
        #expect(try await shop.ana.open(in: shop.centro).status == 409)
        #expect(try await shop.ana.close(opened).status == 200)
    }
}
