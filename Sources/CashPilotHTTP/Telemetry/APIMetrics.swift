import Telemetry

/// The metrics of the API, and those that other components maintain.
package struct APIMetrics: Sendable {
    let requests: Metrics
    /// Responses with `SESSION_ALREADY_OPEN`.
    let conflicts: Counter

    /// - Parameters:
    ///   - gauges: values that other components maintain, read again for each scrape.
    ///   - histograms: durations that other components maintain, read again for each scrape.
    package init(gauges: [Gauge] = [], histograms: [HistogramFamily] = []) {
        conflicts = Counter(
            "cashpilot_session_conflicts_total", help: "Opens refused because of an existing session.")
        requests = Metrics(
            prefix: "cashpilot", routes: API.endpoints.map { .init(method: $0.method.rawValue, path: $0.path) },
            gauges: [conflicts.gauge] + gauges, histograms: histograms)
    }

    /// All metrics, in Prometheus' text format 0.0.4.
    package func text() async -> String { await requests.text() }
}
