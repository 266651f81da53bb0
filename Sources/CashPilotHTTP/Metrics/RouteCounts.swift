/// The numbers of one endpoint.
struct RouteCounts {
    /// Upper bounds of the buckets in microseconds, from a cached read to more than the longest wait for the database.
    static let bounds: [Int64] = [
        500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    ]

    /// By status, 100…599; anything else is counted as 599.
    private var statuses: [Int] = Array(repeating: 0, count: 500)
    /// How many fell into each bucket and not into the one before; the last is for what is slower than all bounds.
    private(set) var buckets: [Int] = Array(repeating: 0, count: bounds.count + 1)
    /// Of all durations, in microseconds.
    private(set) var sum: Int64 = 0

    mutating func count(status: Int, microseconds: Int64) {
        statuses[(100...599).contains(status) ? status - 100 : 499] += 1
        buckets[Self.bounds.firstIndex { microseconds <= $0 } ?? Self.bounds.count] += 1
        sum &+= max(microseconds, 0)
    }

    /// The statuses that were answered, with how many times.
    var answered: [(status: Int, count: Int)] {
        statuses.indices.filter { statuses[$0] > 0 }.map { ($0 + 100, statuses[$0]) }
    }

    var total: Int { buckets.reduce(0, +) }
}
