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
