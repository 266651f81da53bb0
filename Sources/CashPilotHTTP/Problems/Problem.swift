import CashPilot
import HTTPTypes

/// The only error format of this API (RFC 9457).
///
/// Handlers throw it. `init(describing:)` makes it from any other error, and ``API`` turns it into a response.
package struct Problem: Error {
    /// Members that only some problems have.
    enum Extra: Sendable {
        /// The existing session that causes the conflict, and the actions that resolve it.
        case conflict(SessionConflict)
        /// The current session, whose state does not allow the requested change.
        case session(Session)
        /// All validation errors of the request.
        case fields([FieldError])
        /// Whether a change that failed in the store was applied.
        case outcome(StoreError.Outcome)
        /// The version that the change must name.
        case currentVersion(Int64)
    }

    package let code: ProblemCode
    /// The explanation for this occurrence; `nil` uses the code's own text.
    var detail: Localized?
    var extra: Extra?
    /// Headers in addition to those of every problem.
    var headers: HTTPFields = [:]
    /// For the log only.
    var cause: String?

    init(
        _ code: ProblemCode, detail: Localized? = nil, extra: Extra? = nil, headers: HTTPFields = [:],
        cause: String? = nil
    ) {
        self.code = code
        self.detail = detail
        self.extra = extra
        self.headers = headers
        self.cause = cause
    }
}
