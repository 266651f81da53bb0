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
