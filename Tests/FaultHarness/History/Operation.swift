/// The place of one cashier's open session in a business: it holds one session or none.
package struct Slot: Hashable, Sendable {
    package let cashier: String
    package let business: String

    package init(cashier: String, business: String) {
        self.cashier = cashier
        self.business = business
    }
}

/// What a client asked and what it was told, with all its retries.
package struct Operation: Sendable {
    package enum Call: Sendable {
        /// With so much in the drawer.
        case open(Int64)
        /// This session, with so much counted.
        case close(String, Int64)
        /// Which session is open?
        case current
    }

    package enum Outcome: Sendable, Equatable {
        /// An open or a close took effect, on this session.
        case took(String)
        /// This one is open: the answer to `current`, or an open's 409.
        case found(String)
        /// Nothing is open: the answer to `current`.
        case empty
        /// The session was closed before, with so much counted: a close's 409.
        case gone(counted: Int64?)
        /// No effect, says the service.
        case notApplied
        /// An effect or none: no answer, or a 503 that says so.
        case unknown
        /// What no answer should be.
        case odd(String)
    }

    /// Unique; an open leaves it in the session's notes, a close as its ticket.
    package let id: String
    package let slot: Slot
    package let call: Call
    /// Nanoseconds of one clock that never goes back.
    package let invoked: Int64
    package let returned: Int64
    package let outcome: Outcome

    package init(id: String, slot: Slot, call: Call, invoked: Int64, returned: Int64, outcome: Outcome) {
        self.id = id
        self.slot = slot
        self.call = call
        self.invoked = invoked
        self.returned = returned
        self.outcome = outcome
    }
}
