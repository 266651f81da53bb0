import CashPilot
import Glibc

/// The machine's clock and its random numbers: everything that is not a pure function of its input enters here.
enum System {
    /// Since 1970. Only tokens, new identities, the log and traces look at it; the shop's times are the database's.
    static func nanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// The same, as everything but traces wants it.
    static func milliseconds() -> Int64 { nanoseconds() / 1_000_000 }

    /// 64 unpredictable bits, for secrets.
    static func random() -> UInt64 { .random(in: .min ... .max) }

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

    static let ids = IDMaker(milliseconds: { UInt64(milliseconds()) }, random: RandomWords().next)
}
