/// The conflict keys whose writes recently failed, and so run as exclusive writes.
///
/// A key that failed or waited once is likely to do so again, and would delay its whole group commit.
///
/// The memory is fixed. A key may replace another with the same index. The replaced key joins a group commit too early,
/// and returns here after its next failure.
struct ExclusiveKeys {
    private struct Entry {
        let conflictKey: UInt64
        let until: ContinuousClock.Instant
    }

    /// Maximum number of keys.
    static let capacity = 256
    /// The time that a key stays after its last failure.
    static let memory = Duration.seconds(5)

    private var entries = [Entry?](repeating: nil, count: capacity)

    mutating func add(_ conflictKey: UInt64, at now: ContinuousClock.Instant) {
        entries[Self.place(of: conflictKey)] = Entry(conflictKey: conflictKey, until: now + Self.memory)
    }

    func contains(_ conflictKey: UInt64, at now: ContinuousClock.Instant) -> Bool {
        guard let entry = entries[Self.place(of: conflictKey)], entry.conflictKey == conflictKey else { return false }
        return now < entry.until
    }

    private static func place(of conflictKey: UInt64) -> Int { Int(conflictKey % UInt64(capacity)) }
}
