/// A cashier in a business: at most one session is open for it.
package struct OpenSessionKey: Hashable, Sendable {
    package let cashier: String
    package let business: String

    package init(cashier: String, business: String) {
        self.cashier = cashier
        self.business = business
    }
}

/// A client's request with all its retries, and its last response.
package struct Operation: Sendable {
    package enum Call: Sendable {
        /// Opens a session with this float.
        case open(Int64)
        /// Closes this session with this count.
        case close(String, Int64)
        /// Gets the open session.
        case current
    }

    package enum Outcome: Sendable, Equatable {
        /// An open or a close took effect, on this session.
        case succeeded(String)
        /// This session is open: the response to `current`, or an open's 409.
        case found(String)
        /// No session is open: the response to `current`.
        case noneOpen
        /// The session had been closed with this count: a close's 409.
        case alreadyClosed(counted: Int64?)
        /// The service reports that the request had no effect.
        case notApplied
        /// No response, or a 503 `unknown`.
        case unknown
        /// A response that the service must not give.
        case unexpected(String)
    }

    /// Unique; an open writes it into the session's notes, a close into its ticket.
    package let id: String
    package let sessionKey: OpenSessionKey
    package let call: Call
    /// Nanoseconds of the monotonic clock.
    package let invoked: Int64
    package let returned: Int64
    package let outcome: Outcome

    package init(
        id: String, sessionKey: OpenSessionKey, call: Call, invoked: Int64, returned: Int64, outcome: Outcome
    ) {
        self.id = id
        self.sessionKey = sessionKey
        self.call = call
        self.invoked = invoked
        self.returned = returned
        self.outcome = outcome
    }
}
