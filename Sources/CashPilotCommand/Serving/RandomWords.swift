import Glibc
import Synchronization

/// Unpredictable 64-bit words, fetched from the system in batches. Each request id needs two words, and each would
/// otherwise cost a system call.
final class RandomWords: Sendable {
    /// The number of words in 256 bytes, the most that one system call returns.
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
        precondition(getentropy(&words, size) == 0, "getentropy failed")
        return words
    }
}
