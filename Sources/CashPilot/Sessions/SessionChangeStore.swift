/// Changes sessions, each change in one transaction.
///
/// These changes are rare. A transaction never awaits unrelated work.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol SessionChangeStore: SessionLookup {
    /// Runs `work` in a transaction and rolls back if it throws.
    ///
    /// - Parameter session: the session to change. Changes of one session wait for each other; changes of other
    ///   sessions do not wait.
    /// - Returns: `nil` if a concurrent transaction took the open-session key or stored a response for the idempotency
    ///   key. The caller must read again.
    func transaction<Result: Sendable>(
        on session: SessionID, _ work: @Sendable (any SessionTransaction) async throws -> Result
    ) async throws -> Result?
}

/// A transaction that changes a session. Each method runs one statement.
package protocol SessionTransaction: Sendable {
    /// Locks the session; must be called first. `nil` if the caller's bearer is not valid.
    func lock(
        _ target: ChangeTarget, for operation: Operation, audit: AuditEventID
    ) async throws -> Keyed<LockedSession>?
    /// Locks the open-session key of `cashier` until the transaction ends.
    ///
    /// The lock prevents a second open session while the one-open index is missing. It also keeps the cashier assigned
    /// to the business.
    func lockOpenSessionKey(of cashier: UserID, in business: BusinessID) async throws
    /// Reads everything to check before a session takes the open-session key of `cashier`.
    func precheck(at cashier: UserID, for target: ChangeTarget) async throws -> OpenPrecheck?
    /// Writes the session with its audit event and returns the stored row.
    func save(_ session: Session, _ event: ChangeEvent) async throws -> Session
    /// Returns why the session cannot have its cashier and its time of open.
    func backdateCheck(_ session: Session) async throws -> BackdateCheck
    /// Opens the recipient's session of a handover.
    func open(_ request: HandoverRequest, as id: SessionID, from session: Session, audit: AuditEventID) async throws
        -> Session.Link
    /// Reads a session of the target's business, with this transaction's changes.
    func session(_ id: SessionID, for target: ChangeTarget) async throws -> Session
    /// Stores a session as the response for the target's key, if it has one.
    func storeResponse(_ session: Session, role: Role, for target: ChangeTarget, _ operation: Operation) async throws
}

/// The session to change and the caller that changes it.
package struct ChangeTarget: Sendable {
    package let caller: Caller
    package let business: BusinessID
    package let session: SessionID
    /// The accepted versions (`If-Match`); `nil` accepts every version.
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

/// A request to close a session and open the recipient's session with the count as float.
package struct HandoverRequest: Sendable {
    package let target: ChangeTarget
    package let recipient: UserID
    /// `finalCash` is always set.
    package let count: CountEntry
    package let notes: String?

    package init(target: ChangeTarget, recipient: UserID, count: CountEntry, notes: String?) {
        self.target = target
        self.recipient = recipient
        self.count = count
        self.notes = notes
    }
}

/// A session that no other transaction can change until this one ends.
package struct LockedSession: Sendable {
    /// True if an earlier attempt with the same audit id already made the change.
    package let isDone: Bool
    /// The database's clock.
    package let instant: Instant
    package let session: Authorized<Session?>

    package init(isDone: Bool, instant: Instant, session: Authorized<Session?>) {
        self.isDone = isDone
        self.instant = instant
        self.session = session
    }
}

package struct ChangeEvent: Sendable {
    package let id: AuditEventID
    package let operation: Operation
    package let reason: String?
    package let caller: Caller
}
