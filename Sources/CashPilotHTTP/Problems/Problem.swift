import CashPilot
import HTTPTypes

/// The only shape in which this API says no (RFC 9457).
///
/// Thrown by handlers, or made of what they throw by `init(describing:)`; ``API`` answers with it.
package struct Problem: Error {
    /// The members that only some problems have.
    enum Extra: Sendable {
        /// The session in the way of an open, and what to do about it.
        case blocker(Blocker)
        /// The session as it stands, which does not allow what was asked.
        case standing(Session)
        /// Everything that is wrong with a request's fields.
        case faults([FieldFault])
        /// What became of a change that the store could not carry through.
        case outcome(StoreFault.Outcome)
        /// The version that a change should have named.
        case currentVersion(Int64)
    }

    package let code: ProblemCode
    /// What happened this time; `nil` leaves it to the sentence that the code has.
    var detail: Localized?
    var extra: Extra?
    /// Besides those that every problem has.
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
