import CashPilot
import Telemetry

/// The metrics of the API and of other components.
package struct APIMetrics: Sendable {
    let requests: Metrics
    /// Responses with `SESSION_ALREADY_OPEN`.
    let conflicts: Counter
    let logins: [LoginResult: Counter]

    /// - Parameters:
    ///   - gauges: values that other components maintain. Each scrape reads them and `histograms` again.
    ///   - histograms: durations that other components maintain.
    package init(gauges: [Gauge] = [], histograms: [HistogramFamily] = []) {
        conflicts = Counter(
            "cashpilot_session_conflicts_total", help: "Opens refused because of an existing session.")
        let logins = LoginResult.allCases.map {
            ($0, Counter("cashpilot_logins_total", help: "Logins by result.", labels: [("result", $0.rawValue)]))
        }
        self.logins = Dictionary(uniqueKeysWithValues: logins)
        requests = Metrics(
            prefix: "cashpilot", routes: API.endpoints.map { .init(method: $0.method.rawValue, path: $0.path) },
            gauges: [conflicts.gauge] + logins.map(\.1.gauge) + gauges, histograms: histograms)
    }

    /// All metrics, in Prometheus' text format 0.0.4.
    package func text() async -> String { await requests.text() }
}
