import CashPilot
import Logging
import Telemetry

/// Writes one log line for each request directly into the writer's buffer.
///
/// At thousands of requests a second, a metadata dictionary would cost more than some requests. The line contains the
/// contract's path template instead of the request's path. So it never contains a query or client data.
package struct AccessLog: Sendable {
    private let writer: LogWriter
    private let isOn: Bool

    /// - Parameter level: the minimum level of the log. Requests have the level `info`.
    package init(writer: LogWriter, level: Logger.Level = .info) {
        self.writer = writer
        isOn = level <= .info
    }

    package func note(_ request: RequestRecord) {
        guard isOn else { return }
        let now = writer.now()
        writer.add { line in
            line.begin(at: now, level: "info", message: "request")
            line.field("method", request.method.rawValue)
            line.field("route", request.route)
            line.field("status", Int64(request.status))
            line.field("duration_us", request.duration.microseconds)
            line.field("bytes", Int64(request.bytes))
            line.field("request_id", request.requestID)
            if let id = request.clientRequestID { line.field("client_request_id", id) }
            if let trace = request.trace { line.field("trace_id") { trace.writeTraceID(to: &$0) } }
            if let user = request.user { line.field("user_id") { user.write(to: &$0) } }
            if let credential = request.credential { line.field("credential_id") { credential.write(to: &$0) } }
            if let client = request.client { line.field("client", client) }
            if let business = request.business { line.field("business_id") { business.write(to: &$0) } }
            line.end()
        }
    }
}

/// Logs each conflict immediately. The recorder stores it within 1 s. A till in a retry loop causes many.
package struct ConflictLog: Sendable {
    private let writer: LogWriter
    private let isOn: Bool

    /// - Parameter level: the minimum level of the log. Conflicts have the level `notice`.
    package init(writer: LogWriter, level: Logger.Level = .info) {
        self.writer = writer
        isOn = level <= .notice
    }

    package func write(_ recorded: RecordedConflict) {
        guard isOn else { return }
        let (now, conflict) = (writer.now(), recorded.conflict)
        let (existing, caller) = (conflict.existing, recorded.caller)
        writer.add { line in
            line.begin(at: now, level: "notice", message: "session.open_conflict")
            line.field("cashier_id") { existing.cashier.write(to: &$0) }
            line.field("business_id") { existing.business.write(to: &$0) }
            line.field("session_id") { existing.id.write(to: &$0) }
            line.field("caller_id") { caller.id.write(to: &$0) }
            line.field("request_id", caller.requestID)
            if let id = caller.clientRequestID { line.field("client_request_id", id) }
            line.field("refused_at") { conflict.instant.write(to: &$0) }
            line.field("resumed", recorded.isResumed ? "true" : "false")
            if let offered = recorded.offered {
                line.field("offered_initial_cash", offered.minorUnits)
                line.field("currency", existing.businessCurrency)
            }
            line.end()
        }
    }
}
