/// Writes metrics in Prometheus' text format 0.0.4.
struct MetricsText {
    private(set) var text = ""

    init(_ counts: Metrics.Counts, prefix: String, routes: [Metrics.Route], gauges: [Gauge]) {
        requests(counts, routes, "\(prefix)_http_requests_total")
        durations(counts, routes, "\(prefix)_http_request_duration_seconds")
        family("\(prefix)_http_requests_in_flight", .gauge, "Requests in progress.")
        sample("\(prefix)_http_requests_in_flight", [], "\(counts.inFlight)")
        self.gauges(gauges)
    }

    private mutating func requests(_ counts: Metrics.Counts, _ routes: [Metrics.Route], _ name: String) {
        family(name, .counter, "Completed requests.")
        for (route, counted) in zip(routes, counts.routes) where counted.total > 0 {
            for (status, count) in counted.answered {
                sample(name, route.labels + [("status", "\(status)")], "\(count)")
            }
        }
    }

    private mutating func durations(_ counts: Metrics.Counts, _ routes: [Metrics.Route], _ name: String) {
        let rows = zip(routes, counts.routes).filter { $0.1.total > 0 }.map { route, counted in
            HistogramFamily.Row(labels: route.labels, buckets: counted.buckets, sum: counted.sum)
        }
        histogram(name, "Time from a request's first line to its response.", RouteCounts.bounds, rows)
    }

    /// Adds a family of histograms.
    mutating func add(_ family: HistogramFamily) async {
        histogram(family.name, family.help, family.bounds, await family.read())
    }

    private mutating func histogram(
        _ name: String, _ help: String, _ bounds: [Int64], _ rows: [HistogramFamily.Row]
    ) {
        describe(name, "histogram", help)
        for row in rows {
            var sum = 0
            for (place, count) in row.buckets.enumerated() {
                sum += count
                let bound = place < bounds.count ? Self.seconds(bounds[place]) : "+Inf"
                sample("\(name)_bucket", row.labels + [("le", bound)], "\(sum)")
            }
            sample("\(name)_sum", row.labels, Self.seconds(row.sum))
            sample("\(name)_count", row.labels, "\(sum)")
        }
    }

    private mutating func gauges(_ gauges: [Gauge]) {
        var last: String?
        for gauge in gauges {
            if gauge.name != last { family(gauge.name, gauge.kind, gauge.help) }
            last = gauge.name
            if let value = gauge.value() { sample(gauge.name, gauge.labels, value) }
        }
    }

    private mutating func family(_ name: String, _ kind: Gauge.Kind, _ help: String) {
        describe(name, kind.rawValue, help)
    }

    private mutating func describe(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(type)\n"
    }

    private mutating func sample(_ name: String, _ labels: [(name: String, value: String)], _ value: String) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
            text += "{\(pairs.joined(separator: ","))}"
        }
        text += " \(value)\n"
    }

    /// Microseconds as seconds, without floating-point rounding errors: `0.0005`, `2.5`, `3`.
    static func seconds(_ microseconds: Int64) -> String {
        var fraction = String(microseconds % 1_000_000 + 1_000_000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return "\(microseconds / 1_000_000)" + (fraction.isEmpty ? "" : ".\(fraction)")
    }

    /// Escapes backslashes and line breaks, and quotes in a label. Unescaped, they would end the value.
    private static func escaped(_ value: String, quotes: Bool) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\"" where quotes: text += "\\\""
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension Metrics.Route {
    fileprivate var labels: [(name: String, value: String)] { [("method", method), ("route", path)] }
}
