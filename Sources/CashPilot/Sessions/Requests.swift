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

/// The result of an open.
package enum OpenResult: Sendable {
    case opened(SessionView)
    /// The existing session, which the client asked for instead of a conflict (`on_conflict=resume`).
    case resumed(SessionView)
    /// The cashier already has an open session in the business. Nothing was written.
    case conflict(SessionConflict)
}

/// A session as one caller may see it.
package struct SessionView: Sendable {
    package let session: Session
    /// The actions that the caller may take, in display order.
    package let actions: [SessionAction]

    package init(_ session: Session, for caller: UserID, role: Role) {
        self.session = session
        actions = SessionPolicy.allowedActions(on: session, for: caller, role: role)
    }
}
