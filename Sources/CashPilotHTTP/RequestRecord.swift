import CashPilot
import HTTPTypes
import HummingbirdCore

/// The outcome of one request, for the log and for traces.
package struct RequestRecord: Sendable {
    /// The index in ``API/endpoints``; `nil` if no endpoint matched.
    package let endpoint: Int?
    package let method: HTTPRequest.Method
    package let status: Int
    /// From reading the request head until the response is ready. Excludes writing it to the socket.
    package let duration: Duration
    /// The size of the response body.
    package let bytes: Int
    package let requestID: String
    /// The request's span, or the caller's if spans are not exported. `nil` outside a trace.
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

    /// The path template from the contract, so that ids do not create new label values.
    package var route: String { endpoint.map { API.endpoints[$0].path } ?? "unmatched" }
}
