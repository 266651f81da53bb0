import HTTPTypes

extension HTTPField.Name {
    /// Names a request in its answer and in the log; taken from the client if it is fit to be.
    static let requestID = custom("X-Request-Id")
    static let idempotencyKey = custom("Idempotency-Key")
    /// `true` on an answer that was given before.
    static let idempotentReplayed = custom("Idempotent-Replayed")
    /// What is left of it here is a second one: the parser takes the first for itself.
    static let host = custom("Host")
    /// Whom each proxy got the request from, in the order in which it went through them.
    static let forwardedFor = custom("X-Forwarded-For")
    /// Leads to the next page of a list (RFC 8288).
    static let link = custom("Link")

    /// The last event that the client of a stream has got (HTML, server-sent events).
    static let lastEventID = custom("Last-Event-ID")
    /// `no` asks nginx to pass on what it gets at once.
    static let accelBuffering = custom("X-Accel-Buffering")

    /// Names the span of a request to its caller (W3C Trace Context, editor's draft).
    static let traceresponse = custom("traceresponse")

    /// What `frame-ancestors` says, for browsers that do not know it.
    static let frameOptions = custom("X-Frame-Options")
    static let referrerPolicy = custom("Referrer-Policy")

    private static func custom(_ name: StaticString) -> HTTPField.Name {
        guard let name = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is no header's name.") }
        return name
    }
}

extension HTTPFields {
    /// The value of a field that should stand there once, and all of them joined if it does not: to join is dear, even one.
    func only(_ name: HTTPField.Name) -> String? {
        var value: String?
        for field in self where field.name == name {
            guard value == nil else { return self[name] }
            value = field.value
        }
        return value
    }
}
