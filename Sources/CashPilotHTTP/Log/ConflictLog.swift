import CashPilot
import Logging

/// The line of a refused open, written at once; the record follows within a second. A till in a loop makes many.
package struct ConflictLog: Sendable {
    private let writer: LogWriter
    private let isOn: Bool

    /// - Parameter level: the log's; refused opens are `notice`.
    package init(writer: LogWriter, level: Logger.Level = .info) {
        self.writer = writer
        isOn = level <= .notice
    }

    package func note(_ blocker: Blocker, for caller: Caller, at instant: Instant) {
        guard isOn else { return }
        let now = writer.now()
        writer.add { line in
            line.begin(at: now, level: "notice", message: "session.open_conflict")
            line.field("cashier_id") { blocker.cashier.write(to: &$0) }
            line.field("business_id") { blocker.business.write(to: &$0) }
            line.field("session_id") { blocker.session.write(to: &$0) }
            line.field("caller_id") { caller.id.write(to: &$0) }
            line.field("request_id", caller.requestID)
            line.field("refused_at") { instant.write(to: &$0) }
            line.end()
        }
    }
}
