import Synchronization

/// What the service counts, as Prometheus reads it.
///
/// A request is counted by the place of its endpoint in a list that is fixed at the start: no name is looked up and
/// nothing is allocated, and a client cannot make a new series.
package final class Metrics: Sendable {
    /// An endpoint, as it is labelled.
    package struct Route: Sendable {
        package let method: String
        package let path: String

        package init(method: String, path: String) {
            self.method = method
            self.path = path
        }
    }

    /// The numbers at one moment.
    struct Counts {
        /// A row for each route, and a last one for requests that match none.
        var routes: [RouteCounts]
        var inFlight = 0
        var conflicts = 0
    }

    let routes: [Route]
    let gauges: [Gauge]
    let histograms: [HistogramFamily]
    private let counts: Mutex<Counts>

    /// - Parameters:
    ///   - routes: of the API, in the order by which requests are counted.
    ///   - gauges: what others count, read anew for each scrape.
    ///   - histograms: durations that others count, likewise.
    package init(routes: [Route], gauges: [Gauge] = [], histograms: [HistogramFamily] = []) {
        self.routes = routes + [Route(method: "other", path: "unmatched")]
        self.gauges = gauges
        self.histograms = histograms
        counts = Mutex(Counts(routes: Array(repeating: RouteCounts(), count: routes.count + 1)))
    }

    /// - Parameter endpoints: of the API, in the order by which requests are counted.
    package convenience init(
        endpoints: [Endpoint], gauges: [Gauge] = [], histograms: [HistogramFamily] = []
    ) {
        let routes = endpoints.map { Route(method: $0.method.rawValue, path: $0.path) }
        self.init(routes: routes, gauges: gauges, histograms: histograms)
    }

    /// A request has come in. Must be followed by ``end(_:status:duration:)``.
    package func begin() { counts.withLock { $0.inFlight += 1 } }

    /// A request was answered.
    ///
    /// - Parameter route: its place among the routes; `nil` if none matched.
    package func end(_ route: Int?, status: Int, duration: Duration) {
        let microseconds = duration.microseconds
        counts.withLock { counts in
            counts.inFlight -= 1
            let other = counts.routes.count - 1
            counts.routes[min(max(route ?? other, 0), other)].count(status: status, microseconds: microseconds)
        }
    }

    /// An open was refused because a session is open.
    package func countConflict() { counts.withLock { $0.conflicts += 1 } }

    /// All of it now, in Prometheus' text format 0.0.4.
    package func text() async -> String {
        let counts = counts.withLock { $0 }
        var text = MetricsText(counts, routes: routes, gauges: gauges)
        for family in histograms { await text.add(family) }
        return text.text
    }
}
