import HTTPTypes

extension HTTPField.Name {
    /// Identifies a request in its response and in the log. The server accepts the client's value if it is valid.
    static let requestID = custom("X-Request-Id")
    static let idempotencyKey = custom("Idempotency-Key")
    /// `true` on a stored response that the server repeats.
    static let idempotentReplayed = custom("Idempotent-Replayed")
    /// A `Host` field here is a duplicate, because the parser removes the first one.
    static let host = custom("Host")
    /// The peer address of each proxy, in the order in which the request passed them.
    static let forwardedFor = custom("X-Forwarded-For")
    /// The URL of the next page of a list (RFC 8288).
    static let link = custom("Link")

    /// The last event that a client of the event stream received (HTML, server-sent events).
    static let lastEventID = custom("Last-Event-ID")
    /// `no` makes nginx forward the response without buffering.
    static let accelBuffering = custom("X-Accel-Buffering")

    /// Identifies the request's span to the caller (W3C Trace Context, editor's draft).
    static let traceresponse = custom("traceresponse")

    /// Same effect as `frame-ancestors`, for browsers that do not support it.
    static let frameOptions = custom("X-Frame-Options")
    static let referrerPolicy = custom("Referrer-Policy")

    private static func custom(_ name: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is no header's name.") }
        return name
    }
}

extension HTTPFields {
    /// The value of a field that occurs once. Several values are joined; the plain subscript always joins, which is
    /// slow.
    func only(_ name: HTTPField.Name) -> String? {
        var value: String?
        for field in self where field.name == name {
            guard value == nil else { return self[name] }
            value = field.value
        }
        return value
    }
}
