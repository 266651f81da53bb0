/// The code that runs on the writer thread.
extension LogWriter {
    /// Writes until ``finish(within:)`` is called, then writes the remaining lines.
    func run() {
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
