import Glibc
import Synchronization

/// Unpredictable words. The system is asked for many at a time: each id of a request takes two, and each would be a
/// system call.
final class RandomWords: Sendable {
    /// The system gives at most 256 bytes at a time.
    private static let wordsMax = 32

    private let words = Mutex<[UInt64]>([])

    /// 64 unpredictable bits.
    func next() -> UInt64 {
        words.withLock { words in
            if words.isEmpty { words = Self.fresh() }
            return words.removeLast()
        }
    }

    private static func fresh() -> [UInt64] {
        var words = [UInt64](repeating: 0, count: wordsMax)
        let size = wordsMax * MemoryLayout<UInt64>.size
        precondition(getentropy(&words, size) == 0, "the system gives no random numbers")
        return words
    }
}
