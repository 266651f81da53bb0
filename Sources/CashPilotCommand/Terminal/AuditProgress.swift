import Glibc
import Synchronization

/// Shows the progress of a long verification, only if standard error is a terminal.
final class AuditProgress: Sendable {
    private struct State: Sendable {
        var rows = 0
        var shownAt: ContinuousClock.Instant?
    }

    /// A shorter verification shows no progress.
    private static let patience = Duration.seconds(1)
    private static let pause = Duration.milliseconds(200)

    private let start = ContinuousClock.now
    private let isTerminal = isatty(2) == 1
    private let state = Mutex(State())

    func add(_ rows: Int) {
        guard isTerminal else { return }
        let now = ContinuousClock.now
        state.withLock { state in
            state.rows += rows
            guard now - start > Self.patience, now - (state.shownAt ?? start) > Self.pause else { return }
            state.shownAt = now
            Self.show("\r\(state.rows) rows verified")
        }
    }

    /// Clears the progress line for the next output.
    func finish() {
        state.withLock { state in
            if state.shownAt != nil { Self.show("\r\u{1B}[K") }
        }
    }

    private static func show(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(2, bytes, bytes.count)
    }
}
