/// How long the server took for statements, by their names: from sending to the result.
///
/// Counted once for each time that a statement was sent, also if it failed; what waits for a connection is not in it,
/// nor the commit. A statement's wait for those that share its Sync is. There are as many names as the program has
/// statements.
package struct StatementDurations: Sendable {
    /// Upper bounds of the buckets in microseconds, to more than the longest that a statement may take by default.
    package static let bounds: [Int64] = [
        250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    ]

    /// The numbers of one statement.
    package struct Histogram: Sendable {
        package let name: String
        /// How many fell into each bucket and not into the one before; the last is for what is slower than all bounds.
        package fileprivate(set) var buckets = [Int](repeating: 0, count: StatementDurations.bounds.count + 1)
        /// Of all durations, in microseconds.
        package fileprivate(set) var sum: Int64 = 0

        init(name: String) { self.name = name }
    }

    /// In the order in which they were first counted.
    package private(set) var histograms: [Histogram] = []
    private var places: [String: Int] = [:]

    init() {}

    mutating func count(_ name: String, _ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let bucket = Self.bounds.firstIndex { microseconds <= $0 } ?? Self.bounds.count
        let place = places[name] ?? add(name)
        histograms[place].buckets[bucket] += 1
        histograms[place].sum += max(microseconds, 0)
    }

    private mutating func add(_ name: String) -> Int {
        places[name] = histograms.count
        histograms.append(Histogram(name: name))
        return histograms.count - 1
    }
}
