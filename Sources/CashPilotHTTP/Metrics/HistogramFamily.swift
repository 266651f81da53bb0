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
