import Synchronization

/// A metric whose value another component maintains.
package struct Gauge: Sendable {
    package enum Kind: String, Sendable {
        /// A value that can increase and decrease.
        case gauge
        /// A value that only increases. Its name ends in `_total`.
        case counter
    }

    package let name: String
    /// One sentence for readers of the metrics.
    package let help: String
    package let kind: Kind
    package let labels: [(name: String, value: String)]
    /// The formatted value; `nil` while it is unknown.
    let value: @Sendable () -> String?

    private init(
        _ name: String, _ help: String, _ kind: Kind, labels: [(name: String, value: String)],
        value: @escaping @Sendable () -> String?
    ) {
        self.name = name
        self.help = help
        self.kind = kind
        self.labels = labels
        self.value = value
    }

    /// Gauges with the same name must differ in their labels and be adjacent.
    ///
    /// - Parameter read: returns quickly without blocking; `nil` while the value is unknown.
    package init(
        _ name: String, help: String, kind: Kind = .gauge, labels: [(name: String, value: String)] = [],
        read: @escaping @Sendable () -> Int?
    ) {
        self.init(name, help, kind, labels: labels) { read().map { "\($0)" } }
    }

    /// A duration, like ``init(_:help:kind:labels:read:)``. Its name contains `_seconds`.
    package static func seconds(
        _ name: String, help: String, kind: Kind = .gauge, read: @escaping @Sendable () -> Duration?
    ) -> Gauge {
        Gauge(name, help, kind, labels: []) { read().map { MetricsText.seconds($0.microseconds) } }
    }
}

/// A histogram of durations that another component maintains.
package struct HistogramFamily: Sendable {
    /// The counts of one set of labels.
    package struct Row: Sendable {
        let labels: [(name: String, value: String)]
        /// The count of each bucket, not cumulative. The last bucket is above all bounds.
        let buckets: [Int]
        /// The sum of all durations, in microseconds.
        let sum: Int64

        package init(labels: [(name: String, value: String)], buckets: [Int], sum: Int64) {
            self.labels = labels
            self.buckets = buckets
            self.sum = sum
        }
    }

    /// The metric's name, which ends in `_seconds`.
    let name: String
    /// One sentence for readers of the metrics.
    let help: String
    /// Upper bounds of the buckets, in microseconds. A row has one bucket more.
    let bounds: [Int64]
    let read: @Sendable () async -> [Row]

    /// - Parameter read: returns quickly and queries no other process.
    package init(name: String, help: String, bounds: [Int64], read: @escaping @Sendable () async -> [Row]) {
        self.name = name
        self.help = help
        self.bounds = bounds
        self.read = read
    }
}

/// A metric that this process counts itself, from 0 at its start.
package final class Counter: Sendable {
    private let name: String
    private let help: String
    private let labels: [(name: String, value: String)]
    private let count = Atomic(0)

    /// - Parameters:
    ///   - name: ends in `_total`.
    ///   - help: one sentence for readers of the metrics.
    package init(_ name: String, help: String, labels: [(name: String, value: String)] = []) {
        self.name = name
        self.help = help
        self.labels = labels
    }

    package func increment() { count.add(1, ordering: .relaxed) }

    /// The counter among the metrics.
    package var gauge: Gauge {
        Gauge(name, help: help, kind: .counter, labels: labels) { self.count.load(ordering: .relaxed) }
    }
}
