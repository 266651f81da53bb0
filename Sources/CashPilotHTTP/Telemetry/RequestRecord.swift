import CashPilot
import HTTPTypes
import Telemetry

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
    /// The service's own id of the request.
    package let requestID: String
    /// The client's id of the request; `nil` if it gave none.
    package let clientRequestID: String?
    /// The request's span, or the caller's if spans are not exported. `nil` outside a trace.
    package let trace: TraceContext?
    package let user: UserID?
    package let business: BusinessID?
    /// The client's address, see ``TrustedProxies/client(of:at:)``; `nil` if unknown.
    package let client: String?
    /// The id of the caller's credential; `nil` for an unauthenticated request.
    package let credential: CredentialID?

    package init(
        endpoint: Int?, method: HTTPRequest.Method, status: Int, duration: Duration, bytes: Int, requestID: String,
        clientRequestID: String? = nil, trace: TraceContext?, user: UserID?, business: BusinessID?,
        client: String? = nil, credential: CredentialID? = nil
    ) {
        self.endpoint = endpoint
        self.method = method
        self.status = status
        self.duration = duration
        self.bytes = bytes
        self.requestID = requestID
        self.clientRequestID = clientRequestID
        self.trace = trace
        self.user = user
        self.business = business
        self.client = client
        self.credential = credential
    }

    /// The path template from the contract, so that ids do not create new label values.
    package var route: String { endpoint.map { API.endpoints[$0].path } ?? "unmatched" }
}

extension RequestRecord {
    /// The request in its span, with OpenTelemetry's names for HTTP.
    ///
    /// Traces contain no paths and no queries, like the log, because clients control both.
    fileprivate var outcome: SpanOutcome {
        var attributes = [
            SpanAttribute("http.request.method", .text(method.rawValue)),
            SpanAttribute("http.response.status_code", .integer(Int64(status))),
            SpanAttribute("cashpilot.request_id", .text(requestID)),
        ]
        if let clientRequestID {
            attributes.append(SpanAttribute("cashpilot.client_request_id", .text(clientRequestID)))
        }
        if endpoint != nil { attributes.append(SpanAttribute("http.route", .text(route))) }
        if let business { attributes.append(SpanAttribute("cashpilot.business_id", .text(business.description))) }
        if status >= 500 { attributes.append(SpanAttribute("error.type", .text("\(status)"))) }
        return SpanOutcome(
            name: endpoint == nil ? method.rawValue : "\(method.rawValue) \(route)", duration: duration,
            isError: status >= 500, attributes: attributes)
    }
}

extension Tracer {
    /// Begins the span of a new request.
    func begin(_ headers: HTTPFields) -> RequestSpan { begin(caller: TraceContext(headers)) }

    /// Ends the span, and keeps it if the trace is sampled.
    func end(_ span: RequestSpan, _ record: RequestRecord) { end(span) { record.outcome } }
}

extension TraceContext {
    /// The caller's span; `nil` if there is no valid `traceparent`, or if an id looks like a card number.
    init?(_ headers: HTTPFields) {
        guard let text = headers[.traceparent], !CardNumber.isIn(text) else { return nil }
        self.init(traceparent: text)
    }
}
