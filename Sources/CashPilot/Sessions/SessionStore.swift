/// Finds sessions and stored responses by their keys.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol SessionLookup: ReplicationBarrier {
    /// Returns one session of any cashier, deleted sessions included.
    func session(_ id: SessionID, in business: BusinessID, for caller: Caller) async throws -> Authorized<Session?>?
    /// Returns the response stored for a key; `nil` if there is none.
    func storedResponse(for key: IdempotencyKey, operation: Operation, business: BusinessID, caller: UserID)
        async throws -> StoredResponse?
}

extension SessionLookup {
    /// Returns the response stored for the key of a request; `nil` if there is none.
    func response(
        to caller: Caller, for key: IdempotencyKey?, of operation: Operation, in business: BusinessID
    ) async throws -> StoredResponse? {
        guard let key else { return nil }
        return try await storedResponse(for: key, operation: operation, business: business, caller: caller.id)
    }
}

/// Stores sessions.
///
/// Each method runs one statement. The statement reads the caller's role; ``SessionService`` decides.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol SessionStore: SessionLookup {
    /// Runs the precheck of an open; `nil` if the caller's bearer is not valid.
    func precheck(_ request: OpenRequest) async throws -> OpenPrecheck?
    /// Inserts the session if everything that ``precheck(_:)`` read is still true.
    func open(_ request: OpenRequest, as id: SessionID, audit: AuditEventID) async throws -> OpenOutcome
    /// Returns the cashier's open session and stores it as the response for `key`.
    ///
    /// - Returns: `nil` if there is no open session, if the caller is inactive or has no access to the business, or if
    ///   a concurrent request with `key` finished.
    func resume(_ request: OpenRequest, keeping key: IdempotencyKey) async throws -> Authorized<Session?>?
    /// Closes the session if permitted and returns its current state. Idempotent for a given `audit` id.
    ///
    /// - Returns: `nil` if the caller's bearer is not valid.
    func close(_ request: CloseRequest, audit: AuditEventID) async throws -> Keyed<CloseAttempt>?
    /// Deletes one batch of stored responses that are older than 7 days.
    ///
    /// - Returns: the number of deleted rows; 0 when no expired rows are left.
    func deleteExpiredResponses() async throws -> Int
    func current(of cashier: UserID, in business: BusinessID, for caller: Caller) async throws -> Authorized<Session?>?
    /// Returns up to `limit` sessions after `cursor`, newest first, of one business or of every business the caller
    /// sees.
    func list(
        _ query: SessionQuery, in business: BusinessID?, after cursor: Cursor<Session>?, limit: Int,
        for caller: Caller
    ) async throws -> Authorized<[Session]>?
    /// Returns up to `limit` of the caller's own sessions that are open, or that ended without a count, newest first.
    func ownSessions(of caller: Caller, areOpen: Bool, limit: Int) async throws -> [Session]
    /// Returns why a new session of the cashier cannot begin at a time.
    func backdateCheck(
        _ openedAt: Instant, of cashier: UserID, in business: BusinessID
    ) async throws -> BackdateCheck
    func record(_ conflicts: [ConflictCount]) async throws
}

/// The changes of a session. The audit trail and the stored responses contain the raw values.
package enum Operation: String, Sendable {
    case open = "session.open"
    case close = "session.close"
    case end = "session.end"
    case edit = "session.edit"
    case handover = "session.handover"
    case forceClose = "session.force_close"
    case reopen = "session.reopen"
    case delete = "session.delete"
    case restore = "session.restore"
    case flag = "session.flag"
    case unflag = "session.unflag"
}

/// The result of ``SessionStore/precheck(_:)``.
package struct OpenPrecheck: Sendable {
    package let role: Role
    package let seesBusiness: Bool
    package let isBusinessActive: Bool
    /// Whether the requested cashier is an active cashier of the business.
    package let isCashierReady: Bool
    /// The database's clock.
    package let instant: Instant
    /// The fingerprint stored by the first request with the same key; `nil` if there was none.
    package let fingerprint: [UInt8]?
    /// The terminal of the caller's login by PIN; `nil` for any other bearer.
    package let callerTerminal: CredentialID?
    /// The session that has the open-session key; `nil` if the key is free.
    package let existing: ExistingSession?

    package init(
        role: Role, seesBusiness: Bool, isBusinessActive: Bool, isCashierReady: Bool, instant: Instant,
        fingerprint: [UInt8]?, callerTerminal: CredentialID? = nil, existing: ExistingSession?
    ) {
        self.role = role
        self.seesBusiness = seesBusiness
        self.isBusinessActive = isBusinessActive
        self.isCashierReady = isCashierReady
        self.instant = instant
        self.fingerprint = fingerprint
        self.callerTerminal = callerTerminal
        self.existing = existing
    }
}

/// The result of ``SessionStore/open(_:as:audit:)``.
package enum OpenOutcome: Sendable {
    case opened(Session, Role)
    /// The state changed after the precheck: another open won, or an access right was revoked. Run the precheck again.
    case checkAgain
    /// The first request with this key is still running.
    case requestInFlight
    /// Another session of the business has the external id.
    case externalIDTaken
}

/// The result of ``SessionStore/close(_:audit:)``.
package struct CloseAttempt: Sendable {
    /// True if this statement, or an earlier one with the same audit id, closed the session.
    package let isDone: Bool
    /// The session in its current state, closed or not.
    package let session: Authorized<Session?>

    package init(isDone: Bool, session: Authorized<Session?>) {
        self.isDone = isDone
        self.session = session
    }
}

/// The first response for an Idempotency-Key, as it was sent.
package struct StoredResponse: Sendable {
    package let fingerprint: [UInt8]
    package let role: Role
    /// True if the request opened the session; false if it returned an existing one.
    package let isNew: Bool
    package let session: Session

    package init(fingerprint: [UInt8], role: Role, isNew: Bool = true, session: Session) {
        self.fingerprint = fingerprint
        self.role = role
        self.isNew = isNew
        self.session = session
    }

    /// The session as the caller saw it then.
    func view(for caller: Caller) -> SessionView { SessionView(session, for: caller.id, role: role) }

    func replay(to caller: Caller) -> OnceOnly.Stored<SessionView> {
        .init(fingerprint: fingerprint, value: view(for: caller))
    }
}

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
    package let externalID: String?
    package let notes: String?
    package let key: IdempotencyKey?

    package init(
        caller: Caller, business: BusinessID, cashier: UserID, initialCash: Money, openedAt: Instant? = nil,
        terminal: String? = nil, externalID: String? = nil, notes: String? = nil, key: IdempotencyKey? = nil
    ) {
        self.caller = caller
        self.business = business
        self.cashier = cashier
        self.initialCash = initialCash
        self.openedAt = openedAt
        self.terminal = terminal
        self.externalID = externalID
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
