/// A request to open a session, checked for form but not yet for right.
package struct OpenOrder: Sendable {
    package let caller: Caller
    package let business: BusinessID
    /// Who will hold the session: the caller, unless an administrator names another.
    package let cashier: UserID
    package let initialCash: Money
    /// Administrators may give a moment in the past; `nil` is now.
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
package struct CloseOrder: Sendable {
    package let caller: Caller
    package let business: BusinessID
    package let session: SessionID
    /// The versions that will do (`If-Match`); `nil` for any.
    package let expectedVersions: [Int64]?
    /// Has a `finalCash`.
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

/// What a client calls its request, so that a retry finds the first answer.
package struct IdempotencyKey: Sendable {
    /// 1–255 visible ASCII characters.
    package let text: String
    /// SHA-256 of the request: the same key with another request is refused.
    package let fingerprint: [UInt8]

    package init(text: String, fingerprint: [UInt8]) {
        self.text = text
        self.fingerprint = fingerprint
    }
}

/// An answer to a change, and whether it is the first one again.
package struct Answer: Sendable {
    package let session: Session
    package let actions: [SessionAction]
    package let isReplay: Bool
    /// Whether this request made the session, or found it (`on_conflict=resume`).
    package let isNew: Bool

    package init(session: Session, actions: [SessionAction], isReplay: Bool, isNew: Bool = true) {
        self.session = session
        self.actions = actions
        self.isReplay = isReplay
        self.isNew = isNew
    }
}

/// A session as one caller sees it.
package struct SeenSession: Sendable {
    package let session: Session
    package let actions: [SessionAction]

    package init(session: Session, actions: [SessionAction]) {
        self.session = session
        self.actions = actions
    }
}
