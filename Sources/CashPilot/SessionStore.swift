/// Where sessions live. Each method is one statement; who may do what is read in it and decided by
/// ``SessionService``.
///
/// - Throws: every method throws ``StoreFault`` if the store could not do its work.
package protocol SessionStore: StandbyAwaiting {
    /// What an open should know before it tries; `nil` if the caller is no active user.
    func look(_ order: OpenOrder) async throws -> OpenLook?
    /// Writes, if all that ``look(_:)`` saw still holds.
    func open(_ order: OpenOrder, as id: SessionID, audit: AuditEventID) async throws -> OpenOutcome
    /// The open session of the order's cashier, kept as the answer for `key`; `nil` if there is none.
    func resume(_ order: OpenOrder, keeping key: IdempotencyKey) async throws -> Seen<Session?>?
    /// Closes if the rules allow it, and says what stands; `nil` if the caller is no active user. Asked for again under the
    /// same `audit`, it closes once.
    func close(_ order: CloseOrder, audit: AuditEventID) async throws -> CloseOutcome?
    /// The first answer to a key; `nil` if there is none.
    func answerKept(for key: IdempotencyKey, operation: Operation, business: BusinessID, caller: UserID)
        async throws -> KeptAnswer?
    /// Forgets some of the answers that were kept for seven days, and says how many; none if there are none left.
    func forgetKeptAnswers() async throws -> Int
    /// The open session of a cashier.
    func current(of cashier: UserID, in business: BusinessID, for caller: UserID) async throws -> Seen<Session?>?
    /// One session, whoever's and deleted or not.
    func session(_ id: SessionID, in business: BusinessID, for caller: UserID) async throws -> Seen<Session?>?
    /// Up to `limit` sessions after `cursor`, newest first; of one business, or of all that the caller sees.
    func list(
        _ query: SessionQuery, in business: BusinessID?, after cursor: Cursor<Session>?, limit: Int,
        for caller: UserID
    ) async throws -> Seen<[Session]>?
    /// The caller's own open sessions, newest first, up to `limit`.
    func openSessions(of caller: UserID, limit: Int) async throws -> [Session]
    /// Adds refused opens to the record.
    func record(_ conflicts: [ConflictCount]) async throws
}

/// The changes of a session. The raw values are stored: in the audit trail, and with the answers that are kept.
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

/// Something read for a caller, with what the database says of them.
package struct Seen<Value: Sendable>: Sendable {
    package let role: Role
    /// Whether the business exists for the caller.
    package let seesBusiness: Bool
    package let value: Value

    package init(role: Role, seesBusiness: Bool, value: Value) {
        self.role = role
        self.seesBusiness = seesBusiness
        self.value = value
    }
}

/// What ``SessionStore/look(_:)`` saw.
package struct OpenLook: Sendable {
    package let role: Role
    package let seesBusiness: Bool
    package let isBusinessActive: Bool
    /// Whether the one who would hold the session is an active cashier of the business.
    package let isCashierReady: Bool
    /// The database's clock.
    package let instant: Instant
    /// Of the first request with the same key, if there was one.
    package let fingerprint: [UInt8]?
    /// Its `actions` and `isOwn` are not filled in.
    package let blocker: Blocker?

    package init(
        role: Role, seesBusiness: Bool, isBusinessActive: Bool, isCashierReady: Bool, instant: Instant,
        fingerprint: [UInt8]?, blocker: Blocker?
    ) {
        self.role = role
        self.seesBusiness = seesBusiness
        self.isBusinessActive = isBusinessActive
        self.isCashierReady = isCashierReady
        self.instant = instant
        self.fingerprint = fingerprint
        self.blocker = blocker
    }
}

/// What became of a write that opens.
package enum OpenOutcome: Sendable {
    case opened(Session, Role)
    /// Something changed since the look: another open won, or a right was taken away. Looking again tells.
    case lookAgain
    /// The first request with this key has not finished.
    case requestInFlight
}

/// What became of a write that closes.
package struct CloseOutcome: Sendable {
    /// Whether no other request with the same key was running.
    package let isKeyFree: Bool
    /// Of the first request with the same key, if there was one.
    package let fingerprint: [UInt8]?
    /// Whether this statement closed the session, or an earlier one under the same audit event.
    package let isClosedNow: Bool
    /// The session, closed or as it stands.
    package let seen: Seen<Session?>

    package init(isKeyFree: Bool, fingerprint: [UInt8]?, isClosedNow: Bool, seen: Seen<Session?>) {
        self.isKeyFree = isKeyFree
        self.fingerprint = fingerprint
        self.isClosedNow = isClosedNow
        self.seen = seen
    }
}

/// The first answer to a key, as it was given.
package struct KeptAnswer: Sendable {
    package let fingerprint: [UInt8]
    package let role: Role
    /// Whether the request made the session, or found it.
    package let isNew: Bool
    package let session: Session

    package init(fingerprint: [UInt8], role: Role, isNew: Bool = true, session: Session) {
        self.fingerprint = fingerprint
        self.role = role
        self.isNew = isNew
        self.session = session
    }

    /// The answer again, as it was given.
    func answer(to caller: Caller) -> Answer {
        Answer(
            session: session, actions: session.allowedActions(for: caller.id, role: role), isReplay: true,
            isNew: isNew)
    }
}
