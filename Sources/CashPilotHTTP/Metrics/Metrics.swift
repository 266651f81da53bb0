import Synchronization

/// The service's metrics for Prometheus.
///
/// A request is counted by its endpoint's index in a fixed list. Counting needs no lookup and no allocation, and
/// clients cannot create new series.
package final class Metrics: Sendable {
    /// The labels of an endpoint.
    package struct Route: Sendable {
        package let method: String
        package let path: String

        package init(method: String, path: String) {
            self.method = method
            self.path = path
        }
    }

    /// The counts at one moment.
    struct Counts {
        /// One row for each route, and a last one for unmatched requests.
        var routes: [RouteCounts]
        var inFlight = 0
        var conflicts = 0
    }

    let routes: [Route]
    let gauges: [Gauge]
    let histograms: [HistogramFamily]
    private let counts: Mutex<Counts>

    /// - Parameters:
    ///   - routes: the API's routes, in the order of their indices.
    ///   - gauges: values that other components maintain, read again for each scrape.
    ///   - histograms: durations that other components maintain, read again for each scrape.
    package init(routes: [Route], gauges: [Gauge] = [], histograms: [HistogramFamily] = []) {
        self.routes = routes + [Route(method: "other", path: "unmatched")]
        self.gauges = gauges
        self.histograms = histograms
        counts = Mutex(Counts(routes: Array(repeating: RouteCounts(), count: routes.count + 1)))
    }

    /// - Parameter endpoints: the API's endpoints, in the order of their indices.
    package convenience init(
        endpoints: [Endpoint], gauges: [Gauge] = [], histograms: [HistogramFamily] = []
    ) {
        let routes = endpoints.map { Route(method: $0.method.rawValue, path: $0.path) }
        self.init(routes: routes, gauges: gauges, histograms: histograms)
    }

    /// Counts a new in-flight request. Each call must be followed by ``end(_:status:duration:)``.
    package func begin() { counts.withLock { $0.inFlight += 1 } }

    /// Counts a completed request.
    ///
    /// - Parameter route: the route's index; `nil` if none matched.
    package func end(_ route: Int?, status: Int, duration: Duration) {
        let microseconds = duration.microseconds
        counts.withLock { counts in
            counts.inFlight -= 1
            let other = counts.routes.count - 1
            counts.routes[min(max(route ?? other, 0), other)].count(status: status, microseconds: microseconds)
        }
    }

    /// Counts a conflict: an open that found an existing session.
    package func countConflict() { counts.withLock { $0.conflicts += 1 } }

    /// All metrics, in Prometheus' text format 0.0.4.
    package func text() async -> String {
        let counts = counts.withLock { $0 }
        var text = MetricsText(counts, routes: routes, gauges: gauges)
        for family in histograms { await text.add(family) }
        return text.text
    }
}
