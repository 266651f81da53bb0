import CashPilot
import Logging

/// Logs each conflict immediately. The recorder stores it within 1 s. A till in a retry loop causes many.
package struct ConflictLog: Sendable {
    private let writer: LogWriter
    private let isOn: Bool

    /// - Parameter level: the minimum level of the log. Conflicts have the level `notice`.
    package init(writer: LogWriter, level: Logger.Level = .info) {
        self.writer = writer
        isOn = level <= .notice
    }

    package func write(_ conflict: SessionConflict, of caller: Caller) {
        guard isOn else { return }
        let (now, existing) = (writer.now(), conflict.existing)
        writer.add { line in
            line.begin(at: now, level: "notice", message: "session.open_conflict")
            line.field("cashier_id") { existing.cashier.write(to: &$0) }
            line.field("business_id") { existing.business.write(to: &$0) }
            line.field("session_id") { existing.id.write(to: &$0) }
            line.field("caller_id") { caller.id.write(to: &$0) }
            line.field("request_id", caller.requestID)
            line.field("refused_at") { conflict.instant.write(to: &$0) }
            line.end()
        }
    }
}
