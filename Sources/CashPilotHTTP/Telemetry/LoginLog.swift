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

    /// - Parameters:
    ///   - user: `nil` if no account has the name. The line then has a hash of the name, which shows repetitions. A
    ///     person may have typed a password in place of the e-mail, and only this process has the key.
    ///   - name: the e-mail or id of the account.
    ///   - method: a PIN at a terminal, or a password.
    func note(
        _ result: LoginResult, _ user: UserID?, named name: String, at address: String?,
        by method: LoginMethod = .password, _ context: APIContext
    ) {
        metrics.logins[result]?.increment()
        guard level <= (result == .success ? .info : .notice) else { return }
        let now = writer.now()
        let hash =
            user == nil
            ? Base64.url.encode(SHA256.hash(key + Array(name.utf8)).bytes.prefix(12)) : nil
        writer.add { line in
            switch result {
            case .success: line.begin(at: now, level: "info", message: "login")
            case .failure: line.begin(at: now, level: "notice", message: "login_failed")
            case .throttled: line.begin(at: now, level: "notice", message: "login_throttled")
            }
            if let user { line.field("user_id") { user.write(to: &$0) } }
            if let hash { line.field("email_hash", hash) }
            if let client = address { line.field("client", client) }
            if method == .pin { line.field("method", "pin") }
            line.field("request_id", context.requestID)
            if let id = context.clientRequestID { line.field("client_request_id", id) }
            line.end()
        }
    }
}
