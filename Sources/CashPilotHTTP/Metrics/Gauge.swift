/// A number that somebody else keeps.
package struct Gauge: Sendable {
    package enum Kind: String, Sendable {
        /// Goes up and down.
        case gauge
        /// Only goes up; its name ends in `_total`.
        case counter
    }

    package let name: String
    /// A sentence for whoever reads the metrics.
    package let help: String
    package let kind: Kind
    package let labels: [(name: String, value: String)]
    /// As it is written; `nil` while it is not known.
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

    /// Gauges with the same name differ in their labels, and stand one after the other.
    ///
    /// - Parameter read: quick, and waits for nothing; `nil` while the number is not known.
    package init(
        _ name: String, help: String, kind: Kind = .gauge, labels: [(name: String, value: String)] = [],
        read: @escaping @Sendable () -> Int?
    ) {
        self.init(name, help, kind, labels: labels) { read().map { "\($0)" } }
    }

    /// A time, as ``init(_:help:kind:labels:read:)``; its name has `_seconds`.
    package static func seconds(
        _ name: String, help: String, kind: Kind = .gauge, read: @escaping @Sendable () -> Duration?
    ) -> Gauge {
        Gauge(name, help, kind, labels: []) { read().map { MetricsText.seconds($0.microseconds) } }
    }
}
