import Synchronization

/// The metrics of a service, for Prometheus. It counts requests, and reads the metrics of other components.
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
    }

    /// The media type of ``text()``.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    private let prefix: String
    private let routes: [Route]
    private let gauges: [Gauge]
    private let histograms: [HistogramFamily]
    private let counts: Mutex<Counts>

    /// - Parameters:
    ///   - prefix: begins the names of the requests' metrics.
    ///   - routes: the API's routes, in the order of their indices.
    ///   - gauges: values that other components maintain. Each scrape reads them and `histograms` again.
    ///   - histograms: durations that other components maintain.
    package init(
        prefix: String, routes: [Route], gauges: [Gauge] = [], histograms: [HistogramFamily] = []
    ) {
        self.prefix = prefix
        self.routes = routes + [Route(method: "other", path: "unmatched")]
        self.gauges = gauges
        self.histograms = histograms
        counts = Mutex(Counts(routes: Array(repeating: RouteCounts(), count: routes.count + 1)))
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

    /// All metrics, in Prometheus' text format 0.0.4.
    package func text() async -> String {
        let counts = counts.withLock { $0 }
        var text = MetricsText(counts, prefix: prefix, routes: routes, gauges: gauges)
        for family in histograms { await text.add(family) }
        return text.text
    }
}

/// The counts of one endpoint.
struct RouteCounts {
    /// Upper bounds in microseconds, from a cached read to more than the longest database wait.
    static let bounds: [Int64] = [
        500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    ]

    /// Counts by status, 100…599. Any other status counts as 599.
    private var statuses: [Int] = Array(repeating: 0, count: 500)
    /// The count of each bucket, not cumulative. The last bucket is above all bounds.
    private(set) var buckets: [Int] = Array(repeating: 0, count: bounds.count + 1)
    /// The sum of all durations, in microseconds.
    private(set) var sum: Int64 = 0

    mutating func count(status: Int, microseconds: Int64) {
        statuses[(100...599).contains(status) ? status - 100 : 499] += 1
        buckets[Self.bounds.firstIndex { microseconds <= $0 } ?? Self.bounds.count] += 1
        sum &+= max(microseconds, 0)
    }

    /// The statuses with at least one response, and their counts.
    var answered: [(status: Int, count: Int)] {
        statuses.indices.filter { statuses[$0] > 0 }.map { ($0 + 100, statuses[$0]) }
    }

    var total: Int { buckets.reduce(0, +) }
}

extension Duration {
    /// Whole microseconds, rounded down and clamped to the range of `Int64`.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflows ? .max : whole &+ attoseconds / 1_000_000_000_000
    }
}
