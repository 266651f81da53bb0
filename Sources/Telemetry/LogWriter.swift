import Glibc
import Synchronization
import Threads

/// Writes the log without blocking its callers.
///
/// Callers fill one buffer. Every 50 ms (``interval``), a thread swaps and writes it. If the log's reader stops
/// reading, the writer drops and counts lines, and later logs the count. Sales are more important than the log.
package final class LogWriter: Sendable {
    /// The size of each of the two buffers, in bytes. They are allocated once, and untouched pages use no memory.
    static let bufferSize = 4 << 20
    /// The pause between two writes. A busy service makes 20 system calls a second instead of 20 000.
    private static let interval = 50  // ms
    /// The pause after a failed write.
    private static let pause = 200  // ms

    struct State {
        var pending: LogText
        /// Dropped lines that are not yet reported in the log.
        var dropped = 0
        var droppedTotal = 0
        /// Bytes accepted since the start.
        var taken = 0
        /// Bytes written or dropped since the start.
        var handled = 0
        /// Whether the writer accepts no more lines.
        var isFinished = false
        /// Whether the thread has stopped writing.
        var hasEnded = false
    }

    package let style: LogStyle
    let state: Mutex<State>
    private let sink: LogSink
    package let now: @Sendable () -> Int64

    /// Starts the thread, which retains the writer until ``finish(within:)``.
    ///
    /// - Parameters:
    ///   - descriptor: the destination; 2 is standard error. The caller still owns it.
    ///   - style: `nil` means plain text on a terminal and JSON elsewhere.
    ///   - now: the system's clock, in milliseconds since 1970.
    /// - Throws: ``SystemError``.
    package init(
        descriptor: Int32, style: LogStyle? = nil, now: @escaping @Sendable () -> Int64
    ) throws(SystemError) {
        let style = style ?? (isatty(descriptor) == 1 ? .plain : .json)
        self.style = style
        self.now = now
        state = Mutex(State(pending: LogText(style, capacity: Self.bufferSize)))
        sink = try LogSink(descriptor: descriptor)
        try SystemThread.start("log", niceness: 10) { self.run() }
    }

    /// The number of lines dropped since the start, for the metrics.
    package var dropped: Int { state.withLock { $0.droppedTotal } }

    /// Adds one line, or drops it if the buffer is full.
    ///
    /// - Parameter line: writes exactly one line. It runs under a lock, so it must not call foreign code.
    package func add(_ line: (inout LogText) -> Void) {
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

    /// Waits until all earlier lines are written or dropped. It blocks, so use it only when the process ends.
    ///
    /// - Parameter limit: the maximum wait, in milliseconds.
    /// - Returns: `false` if the limit elapsed first.
    @discardableResult
    package func flush(within limit: Int) -> Bool {
        let target = state.withLock { $0.taken }
        return wait(within: limit) { $0.handled >= target }
    }

    /// Writes the remaining lines and ends the thread. Later lines are dropped.
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

// MARK: The writer thread

extension LogWriter {
    /// Writes until ``finish(within:)`` is called, then writes the remaining lines.
    private func run() {
        var writing = LogText(style, capacity: Self.bufferSize)
        while let isEmpty = pendingIsEmpty() {
            if isEmpty { sink.wait(milliseconds: -1) }
            sink.wait(milliseconds: Self.interval)
            writing.removeAll()
            state.withLock { swap(&$0.pending, &writing) }
            write(writing)
        }
        state.withLock { $0.hasEnded = true }
    }

    /// Whether no lines are pending; `nil` after the last line.
    private func pendingIsEmpty() -> Bool? {
        state.withLock { state in
            let isEmpty = state.pending.bytes.isEmpty
            return isEmpty && state.isFinished ? nil : isEmpty
        }
    }

    private func write(_ text: LogText) {
        guard !text.bytes.isEmpty else { return }
        let written = sink.write(text.bytes)
        let lost = text.bytes[written...].count { $0 == UInt8(ascii: "\n") }
        state.withLock { state in
            state.handled += text.bytes.count
            state.drop(lost)
            if lost == 0 { sayWhatWasDropped(&state) }
        }
        if lost > 0 { sink.pause(milliseconds: Self.pause) }
    }

    private func sayWhatWasDropped(_ state: inout State) {
        let before = state.pending.bytes.count
        guard state.dropped > 0, before + LogText.lineMax <= Self.bufferSize else { return }
        state.pending.begin(at: now(), level: "warning", message: "Log lines were dropped")
        state.pending.field("dropped", Int64(state.dropped))
        state.pending.end()
        state.taken += state.pending.bytes.count - before
        state.dropped = 0
    }
}

extension LogWriter.State {
    fileprivate mutating func drop(_ lines: Int) {
        dropped += lines
        droppedTotal += lines
    }
}
