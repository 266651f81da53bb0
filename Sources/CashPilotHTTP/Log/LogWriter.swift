import Glibc
import Synchronization

/// Writes the log without ever making anybody wait for it.
///
/// Lines gather in one buffer while a thread of its own writes the other, at most ``interval`` later. When whoever
/// reads the log stops reading, lines are dropped and counted, and a line says how many once it flows again: a
/// till that sells is worth more than its log.
package final class LogWriter: Sendable {
    /// Of each of the two buffers, in bytes. They are allocated once, and pages that were never used cost nothing.
    static let bufferSize = 4 << 20
    /// How long lines gather, so that a busy service makes 20 system calls a second for them and not 20 000.
    static let interval = 50  // ms
    /// After a failed write, until the next.
    static let pause = 200  // ms

    struct State {
        var pending: LogText
        /// Lines lost since the last line that said so.
        var dropped = 0
        var droppedTotal = 0
        /// Bytes taken in, and bytes written or given up, since the start.
        var taken = 0
        var handled = 0
        /// Nothing more is taken in.
        var isFinished = false
        /// Nothing more is written.
        var hasEnded = false
    }

    package let style: LogStyle
    let state: Mutex<State>
    let sink: LogSink
    let now: @Sendable () -> Int64

    /// Starts the thread, which keeps the writer until ``finish(within:)``.
    ///
    /// - Parameters:
    ///   - descriptor: where lines go; 2 is the standard error. It stays the caller's.
    ///   - style: `nil` for words on a terminal and JSON anywhere else.
    ///   - now: the system's clock, in milliseconds since 1970.
    /// - Throws: ``LogFault``.
    package init(
        descriptor: Int32, style: LogStyle? = nil, now: @escaping @Sendable () -> Int64
    ) throws(LogFault) {
        let style = style ?? (isatty(descriptor) == 1 ? .plain : .json)
        self.style = style
        self.now = now
        state = Mutex(State(pending: LogText(style, capacity: Self.bufferSize)))
        sink = try LogSink(descriptor: descriptor)
        let code = BackgroundThread.start("log", niceness: 10) { self.run() }
        guard code == 0 else { throw .system(call: "pthread_create", code: code) }
    }

    /// How many lines were lost since the start; for the metrics.
    package var dropped: Int { state.withLock { $0.droppedTotal } }

    /// Adds one line, or drops it if there is no room.
    ///
    /// - Parameter line: writes exactly one line, and calls nothing of anybody else's: a lock is held.
    func add(_ line: (inout LogText) -> Void) {
        let isFirst = state.withLock { state in
            let before = state.pending.bytes.count
            guard !state.isFinished, before + LogText.lineMax <= Self.bufferSize else {
                state.drop(1)
                return false
            }
            line(&state.pending)
            state.taken += state.pending.bytes.count - before
            return before == 0
        }
        if isFirst { sink.wake() }
    }

    /// Waits until all lines that were added before are written.
    ///
    /// Blocks, so it is for the end of the process.
    ///
    /// - Returns: whether they are; `false` if the limit passed, in milliseconds.
    @discardableResult
    package func flush(within limit: Int) -> Bool {
        let target = state.withLock { $0.taken }
        return wait(within: limit) { $0.handled >= target }
    }

    /// Writes what there is and ends the thread. Lines that come later are dropped.
    ///
    /// - Returns: as ``flush(within:)``.
    @discardableResult
    package func finish(within limit: Int) -> Bool {
        state.withLock { $0.isFinished = true }
        return wait(within: limit) { $0.hasEnded }
    }

    private func wait(within milliseconds: Int, until isDone: (State) -> Bool) -> Bool {
        sink.wake()
        for _ in 0...max(milliseconds, 0) {
            if state.withLock({ isDone($0) }) { return true }
            usleep(1000)
        }
        return false
    }
}

extension LogWriter.State {
    mutating func drop(_ lines: Int) {
        dropped += lines
        droppedTotal += lines
    }
}

/// The log cannot be written at all.
package enum LogFault: Error, Equatable {
    /// A call to the operating system failed, with an `errno`.
    case system(call: String, code: Int32)
}
