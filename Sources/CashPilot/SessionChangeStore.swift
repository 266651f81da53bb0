/// Where sessions are changed: rare work, a transaction in which nothing unrelated is awaited.
///
/// - Throws: every method throws ``StoreFault`` if the store could not do its work.
package protocol SessionChangeStore: StandbyAwaiting {
    /// Runs `work` in a transaction, which is undone if it throws.
    ///
    /// - Parameter session: the one that is changed. Changes of one session wait for each other, and hold up nobody else.
    /// - Returns: `nil` if another transaction took the slot or answered the key in the same instant: look again.
    func transaction<Result: Sendable>(
        on session: SessionID, _ work: @Sendable (any SessionTransaction) async throws -> Result
    ) async throws -> Result?
    /// One session, whoever's and deleted or not.
    func session(_ id: SessionID, in business: BusinessID, for caller: UserID) async throws -> Seen<Session?>?
    /// The first answer to a key; `nil` if there is none.
    func answerKept(for key: IdempotencyKey, operation: Operation, business: BusinessID, caller: UserID)
        async throws -> KeptAnswer?
}

/// A transaction that changes a session. Each method is one statement.
package protocol SessionTransaction: Sendable {
    /// Locks the session; the first thing to do. `nil` if the caller is no active user.
    func lock(_ target: ChangeTarget, for operation: Operation, audit: AuditEventID) async throws -> LockedSession?
    /// Holds the slot of `cashier` until the transaction ends, so that nothing else fills it where the index is gone, and
    /// so that nobody takes their assignment away meanwhile.
    func holdSlot(of cashier: UserID, in business: BusinessID) async throws
    /// What a session that is to take the slot of `cashier` should know before it does.
    func look(at cashier: UserID, for target: ChangeTarget) async throws -> OpenLook?
    /// Writes the session as it is now, with its audit event, and answers with it as it stands.
    func save(_ session: Session, _ event: ChangeEvent) async throws -> Session
    /// Opens the session of who takes over.
    func open(_ order: HandoverOrder, as id: SessionID, from session: Session, audit: AuditEventID) async throws
        -> Session
    /// Keeps a session as the answer to the target's key, if it has one.
    func keep(_ session: Session, role: Role, for target: ChangeTarget, _ operation: Operation) async throws
}

/// Which session is to be changed, by whom.
package struct ChangeTarget: Sendable {
    package let caller: Caller
    package let business: BusinessID
    package let session: SessionID
    /// The versions that will do (`If-Match`); `nil` for any.
    package let expectedVersions: [Int64]?
    package let key: IdempotencyKey?

    package init(
        caller: Caller, business: BusinessID, session: SessionID, expectedVersions: [Int64]? = nil,
        key: IdempotencyKey? = nil
    ) {
        self.caller = caller
        self.business = business
        self.session = session
        self.expectedVersions = expectedVersions
        self.key = key
    }
}

/// A request to close a session and to open the next cashier's with the count as float.
package struct HandoverOrder: Sendable {
    package let target: ChangeTarget
    package let recipient: UserID
    /// Has a `finalCash`.
    package let count: CountEntry
    package let notes: String?

    package init(target: ChangeTarget, recipient: UserID, count: CountEntry, notes: String?) {
        self.target = target
        self.recipient = recipient
        self.count = count
        self.notes = notes
    }
}

/// A session that nobody else can change until the transaction ends.
package struct LockedSession: Sendable {
    /// Whether no other request with the same key is running.
    package let isKeyFree: Bool
    /// Of the first request with the same key, if there was one.
    package let fingerprint: [UInt8]?
    /// Whether an earlier try, under the same audit event, did what is asked for.
    package let isDone: Bool
    /// The database's clock.
    package let instant: Instant
    package let seen: Seen<Session?>

    package init(
        isKeyFree: Bool, fingerprint: [UInt8]?, isDone: Bool, instant: Instant, seen: Seen<Session?>
    ) {
        self.isDone = isDone
        self.isKeyFree = isKeyFree
        self.fingerprint = fingerprint
        self.instant = instant
        self.seen = seen
    }
}

/// What the audit trail says of a change.
package struct ChangeEvent: Sendable {
    package let id: AuditEventID
    package let operation: Operation
    package let reason: String?
    package let caller: Caller
}
