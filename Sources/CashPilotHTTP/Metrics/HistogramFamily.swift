/// Durations that somebody else counts.
package struct HistogramFamily: Sendable {
    /// What is counted under one set of labels.
    package struct Row: Sendable {
        let labels: [(name: String, value: String)]
        /// How many fell into each bucket and not into the one before; the last is for what is longer than all bounds.
        let buckets: [Int]
        /// Of all durations, in microseconds.
        let sum: Int64

        package init(labels: [(name: String, value: String)], buckets: [Int], sum: Int64) {
            self.labels = labels
            self.buckets = buckets
            self.sum = sum
        }
    }

    /// Ends in `_seconds`.
    let name: String
    /// A sentence for whoever reads the metrics.
    let help: String
    /// Upper bounds of the buckets in microseconds; a row has one bucket more.
    let bounds: [Int64]
    let read: @Sendable () async -> [Row]

    /// - Parameter read: quick; asks no other process.
    package init(name: String, help: String, bounds: [Int64], read: @escaping @Sendable () async -> [Row]) {
        self.name = name
        self.help = help
        self.bounds = bounds
        self.read = read
    }
}
