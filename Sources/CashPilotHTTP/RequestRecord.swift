import CashPilot
import HTTPTypes
import HummingbirdCore

/// What one request was, and what became of it: for the log and for traces.
package struct RequestRecord: Sendable {
    /// Its place in ``API/endpoints``; `nil` if no endpoint matched.
    package let endpoint: Int?
    package let method: HTTPRequest.Method
    package let status: Int
    /// From the first line read to the answer made; writing it to the socket is not in it.
    package let duration: Duration
    /// Of the answer's body.
    package let bytes: Int
    package let requestID: String
    /// Its own place in a trace, or its caller's while spans are not exported; `nil` if it is in none.
    package let trace: TraceContext?
    package let user: UserID?
    package let business: BusinessID?

    package init(
        endpoint: Int?, method: HTTPRequest.Method, status: Int, duration: Duration, bytes: Int, requestID: String,
        trace: TraceContext?, user: UserID?, business: BusinessID?
    ) {
        self.endpoint = endpoint
        self.method = method
        self.status = status
        self.duration = duration
        self.bytes = bytes
        self.requestID = requestID
        self.trace = trace
        self.user = user
        self.business = business
    }

    /// The endpoint's path as it is in the contract: no id makes a label of its own.
    package var route: String { endpoint.map { API.endpoints[$0].path } ?? "unmatched" }
}
