import CashPilot
import Glibc
import Synchronization

/// The machine's clock and random numbers. All non-deterministic input enters the program here.
enum System {
    /// Nanoseconds since 1970. New ids, the log, traces and `doctor` use it. Business times come from the
    /// database.
    static func nanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Milliseconds since 1970.
    static func milliseconds() -> Int64 { nanoseconds() / 1_000_000 }

    /// 64 unpredictable bits, for secrets.
    static func random() -> UInt64 { .random(in: .min ... .max) }

    /// Writes a line to standard output without buffering.
    static func announce(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(1, bytes, bytes.count)
    }

    /// Writes to standard error, for messages to the person at the terminal.
    static func say(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(2, bytes, bytes.count)
    }

    /// Exits with status 0 without exit handlers. Library handlers would free memory that their threads still use.
    static func end() -> Never { _exit(0) }

    static let ids = IDMaker(milliseconds: { UInt64(milliseconds()) }, random: RandomWords().next)
}

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
