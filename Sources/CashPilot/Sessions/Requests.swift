/// A request to open a session. Its format is checked, its permissions are not.
package struct OpenRequest: Sendable {
    package let caller: Caller
    package let business: BusinessID
    /// The cashier that will hold the session: the caller, unless an administrator names another user.
    package let cashier: UserID
    package let initialCash: Money
    /// Only administrators may set it, to a time in the past; `nil` means now.
    package let openedAt: Instant?
    package let terminal: String?
    package let notes: String?
    package let key: IdempotencyKey?

    package init(
        caller: Caller, business: BusinessID, cashier: UserID, initialCash: Money, openedAt: Instant? = nil,
        terminal: String? = nil, notes: String? = nil, key: IdempotencyKey? = nil
    ) {
        self.caller = caller
        self.business = business
        self.cashier = cashier
        self.initialCash = initialCash
        self.openedAt = openedAt
        self.terminal = terminal
        self.notes = notes
        self.key = key
    }
}

/// A request to close a session with its count.
package struct CloseRequest: Sendable {
    package let caller: Caller
    package let business: BusinessID
    package let session: SessionID
    /// The accepted versions (`If-Match`); `nil` accepts every version.
    package let expectedVersions: [Int64]?
    /// `finalCash` is always set.
    package let count: CountEntry
    /// Replaces the session's notes; `nil` keeps them.
    package let notes: String?
    package let key: IdempotencyKey?

    package init(
        caller: Caller, business: BusinessID, session: SessionID, expectedVersions: [Int64]? = nil, count: CountEntry,
        notes: String? = nil, key: IdempotencyKey? = nil
    ) {
        self.caller = caller
        self.business = business
        self.session = session
        self.expectedVersions = expectedVersions
        self.count = count
        self.notes = notes
        self.key = key
    }
}

/// A client's Idempotency-Key. A retry with the same key gets the stored response.
package struct IdempotencyKey: Sendable {
    /// 1–255 visible ASCII characters.
    package let text: String
    /// SHA-256 of the request. The server rejects the same key with another request.
    package let fingerprint: [UInt8]

    package init(text: String, fingerprint: [UInt8]) {
        self.text = text
        self.fingerprint = fingerprint
    }
}

/// The session after a change, new or replayed.
package struct Answer: Sendable {
    package let session: Session
    package let actions: [SessionAction]
    package let isReplay: Bool
    /// True if this request opened the session; false if it returned the existing one (`on_conflict=resume`).
    package let isNew: Bool

    package init(session: Session, actions: [SessionAction], isReplay: Bool, isNew: Bool = true) {
        self.session = session
        self.actions = actions
        self.isReplay = isReplay
        self.isNew = isNew
    }
}

/// A session as one caller may see it.
package struct SessionView: Sendable {
    package let session: Session
    package let actions: [SessionAction]

    package init(session: Session, actions: [SessionAction]) {
        self.session = session
        self.actions = actions
    }
}
