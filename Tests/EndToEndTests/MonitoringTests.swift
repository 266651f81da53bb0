import Foundation
import TestSupport
import Testing

@Suite("deploy/prometheus")
struct MonitoringTests {
    private static let folder = Repository.root.appending(path: "deploy/prometheus")

    @Test("promtool accepts the configuration and its rules, and every alert fires in a rule test")
    func rules() async throws {
        for arguments in [["check", "config"], ["check", "rules"], ["test", "rules"]] {
            let file = ["config": "prometheus.yml", "rules": "cashpilot.rules.yml"][arguments[1]] ?? ""
            let name = arguments[0] == "test" ? "cashpilot.test.yml" : file
            let checked = try await PrometheusServer.tool(arguments + [Self.folder.appending(path: name).path])
            #expect(checked.status == 0, "\(arguments): \(checked.said)")
        }
        let rules = try Repository.text("deploy/prometheus/cashpilot.rules.yml")
        let tested = try Repository.text("deploy/prometheus/cashpilot.test.yml")
        let page = try Repository.text("docs/OPERATING.md")
        let alerts = rules.matches(of: #/- alert: (\w+)/#).map { String($0.1) }
        #expect(alerts.count >= 10)
        for alert in alerts {
            let fires = try Regex("alertname: \(alert)\\n( +\\w+: .*\\n)* +exp_alerts:")
            #expect(tested.contains(fires), "\(alert)")
            #expect(page.contains("| `\(alert)` |"), "\(alert) has a row under \"When an alert fires\"")
        }
    }

    @Test("Every metric of a rule, a rule test or the dashboard exists")
    func names() async throws {
        try await withShop { shop in
            let metrics = try await shop.services[0].metrics()
            let types = metrics.matches(of: #/(?m)^# TYPE (\S+) (\w+)$/#).map { (String($0.1), String($0.2)) }
            var known: Set<String> = []
            for (name, type) in types {
                known.formUnion(type == "histogram" ? ["_bucket", "_sum", "_count"].map { name + $0 } : [name])
            }
            let rules = try Repository.text("deploy/prometheus/cashpilot.rules.yml")
            known.formUnion(rules.matches(of: #/- record: (\S+)/#).map { String($0.1) })
            let dashboard = try Repository.text("deploy/prometheus/dashboard.json")
            let expressions = Self.expressions(in: try JSON(parsing: Data(dashboard.utf8)))
            #expect(expressions.count > 20)
            let tested = try Repository.text("deploy/prometheus/cashpilot.test.yml")
            for text in expressions + [rules, tested] {
                for match in text.matches(of: #/\b(cashpilot[_:][a-z0-9_:]+|process_[a-z_]+)/#) {
                    #expect(known.contains(String(match.1)), "\(match.1)")
                }
            }
        }
    }

    @Test("Prometheus scrapes a replica and evaluates every rule and every dashboard expression")
    func scraped() async throws {
        try await withShop { shop in
            let folder = FileManager.default.temporaryDirectory.appending(path: "prometheus-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let address = shop.services[0].managementAddress.dropFirst("http://".count)
            let configuration = try Repository.text("deploy/prometheus/prometheus.yml")
            #expect(configuration.contains("- 127.0.0.1:9090"))
            try Data(
                configuration.replacing("- 127.0.0.1:9090", with: "- \(address)").replacing(": 15s", with: ": 2s").utf8
            ).write(to: folder.appending(path: "prometheus.yml"))
            let rules = try Repository.text("deploy/prometheus/cashpilot.rules.yml")
            try Data(rules.utf8).write(to: folder.appending(path: "cashpilot.rules.yml"))
            let prometheus = try await PrometheusServer(folder: folder)
            let opened = try await shop.ana.open(in: shop.centro).json
            #expect(try await shop.ana.close(opened).status == 200)
            try await eventually("every rule is evaluated") {
                let health = try await prometheus.ruleHealth()
                return health.count > 10 && health.allSatisfy { $0 == "ok" } ? true : nil
            }
            try await eventually("a recording rule has something") {
                try await prometheus.values(of: "cashpilot:http_requests:rate5m").isEmpty ? nil : true
            }
            #expect(try await prometheus.values(of: #"ALERTS{alertstate="firing"}"#) == [])
            let dashboard = try Repository.text("deploy/prometheus/dashboard.json")
            for expression in Self.expressions(in: try JSON(parsing: Data(dashboard.utf8))) {
                let filled = expression.replacing("$job", with: "cashpilot").replacing("$__rate_interval", with: "1m")
                _ = try await prometheus.values(of: filled)
            }
        }
    }

    /// The expressions of the dashboard's panels.
    private static func expressions(in json: JSON) -> [String] {
        json["panels"].items.flatMap { $0["targets"].items }.compactMap { $0["expr"].string }
    }
}
