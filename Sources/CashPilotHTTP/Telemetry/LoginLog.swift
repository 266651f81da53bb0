import CashPilot
import Logging
import Telemetry

/// Logs and counts logins.
package struct LoginLog: Sendable {
    private let writer: LogWriter
    private let level: Logger.Level
    private let key: [UInt8]
    private let metrics: APIMetrics

    /// - Parameters:
    ///   - level: the minimum level of the log. Successful logins have the level `info`, the others `notice`.
    ///   - key: 32 unpredictable bytes of this process, for the hashes of unknown e-mails.
    package init(writer: LogWriter, level: Logger.Level = .info, key: [UInt8], metrics: APIMetrics) {
        self.writer = writer
        self.level = level
        self.key = key
        self.metrics = metrics
    }

    /// - Parameter user: `nil` if no account has the e-mail. The line then has a hash of the e-mail, which shows
    ///   repetitions. A person may have typed a password in place of the e-mail, and only this process has the key.
    func note(_ result: LoginResult, _ user: UserID?, _ attempt: LoginAttempt, _ context: APIContext) {
        metrics.logins[result]?.increment()
        guard level <= (result == .success ? .info : .notice) else { return }
        let now = writer.now()
        let hash =
            user == nil
            ? Base64.url.encode(SHA256.hash(key + Array(attempt.email.utf8)).bytes.prefix(12)) : nil
        writer.add { line in
            switch result {
            case .success: line.begin(at: now, level: "info", message: "login")
            case .failure: line.begin(at: now, level: "notice", message: "login_failed")
            case .throttled: line.begin(at: now, level: "notice", message: "login_throttled")
            }
            if let user { line.field("user_id") { user.write(to: &$0) } }
            if let hash { line.field("email_hash", hash) }
            if let client = attempt.address { line.field("client", client) }
            line.field("request_id", context.requestID)
            if let id = context.clientRequestID { line.field("client_request_id", id) }
            line.end()
        }
    }
}
