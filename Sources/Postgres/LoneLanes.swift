/// The lanes whose writes had better not share a commit, because one of them failed a short while ago: what failed or
/// waited once is likely to do it again, and in a group all would pay for it.
///
/// Its memory is fixed. A lane may push out another, which then joins a group too early and is back after one failure.
struct LoneLanes {
    private struct Entry {
        let lane: UInt64
        let until: ContinuousClock.Instant
    }

    /// Lanes that are remembered at most.
    static let capacity = 256
    /// How long a lane is remembered after its last failure.
    static let memory = Duration.seconds(5)

    private var entries = [Entry?](repeating: nil, count: capacity)

    mutating func add(_ lane: UInt64, at now: ContinuousClock.Instant) {
        entries[Self.place(of: lane)] = Entry(lane: lane, until: now + Self.memory)
    }

    func contains(_ lane: UInt64, at now: ContinuousClock.Instant) -> Bool {
        guard let entry = entries[Self.place(of: lane)], entry.lane == lane else { return false }
        return now < entry.until
    }

    private static func place(of lane: UInt64) -> Int { Int(lane % UInt64(capacity)) }
}
