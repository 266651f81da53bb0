import CashPilot
import Logging

/// One line for each request, straight into the writer's buffer: at thousands a second, a dictionary of metadata
/// would cost more than some of the requests.
///
/// The route is the contract's path and not the request's, so that no query, and nothing that a client put into a
/// path, is in the log.
package struct AccessLog: Sendable {
    private let writer: LogWriter
    private let isOn: Bool

    /// - Parameter level: the log's; requests are `info`.
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
            if let trace = request.trace { line.field("trace_id") { trace.writeTraceID(to: &$0) } }
            if let user = request.user { line.field("user_id") { user.write(to: &$0) } }
            if let business = request.business { line.field("business_id") { business.write(to: &$0) } }
            line.end()
        }
    }
}

extension Duration {
    /// Whole ones, rounded down; clamped to what an `Int64` holds.
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflows ? .max : whole &+ attoseconds / 1_000_000_000_000
    }
}
