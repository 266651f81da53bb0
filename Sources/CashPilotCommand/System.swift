import CashPilot
import Glibc
import Synchronization

/// The machine's clock and its random numbers: everything that is not a pure function of its input enters here.
enum System {
    /// Since 1970. Only tokens, new identities and the log look at it; the shop's times are the database's.
    static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// 64 unpredictable bits. The system is asked for many at a time: a request needs up to six words.
    static func random() -> UInt64 {
        words.withLock { words in
            if words.isEmpty { words = unpredictable(wordsMax) }
            return words.removeLast()
        }
    }

    private static let wordsMax = 32
    private static let words = Mutex<[UInt64]>([])

    /// The system gives at most 256 bytes at a time.
    private static func unpredictable(_ count: Int) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: count)
        let size = count * MemoryLayout<UInt64>.size
        precondition(getentropy(&words, size) == 0, "the system gives no random numbers")
        return words
    }

    /// Writes a line to standard output at once, whoever reads it.
    static func announce(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        _ = write(1, bytes, bytes.count)
    }

    /// Speaks to whoever sits at the terminal, beside the output.
    static func say(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(2, bytes, bytes.count)
    }

    /// Ends the process well, at once: libraries that tidy up at exit would take away what their threads still use.
    static func end() -> Never { _exit(0) }

    static let ids = IDMaker(milliseconds: { UInt64(milliseconds()) }, random: random)
}
