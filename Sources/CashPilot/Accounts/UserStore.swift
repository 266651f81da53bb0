/// Stores accounts.
///
/// - Throws: every method throws ``StoreError`` if the store fails. Unless stated otherwise, `nil` means that the actor
///   is not an active user.
package protocol UserStore: ReplicationBarrier {
    /// - Throws: ``DomainError/emailTaken``.
    func create(
        _ user: User, isActive: Bool, passwordHash: String, by actor: ChangeActor, key: IdempotencyKey?,
        audit: AuditEventID
    ) async throws -> Keyed<Authorized<StaffMember?>>?
    func member(_ id: UserID, for caller: UserID) async throws -> Authorized<StaffMember?>?
    /// Returns up to `limit` accounts after `cursor`, newest first.
    func members(
        for actor: ChangeActor, after cursor: Cursor<User>?, limit: Int
    ) async throws -> Authorized<[StaffMember]>?
    /// - Throws: ``DomainError/emailTaken``.
    func update(
        _ id: UserID, _ change: UserChange, passwordHash: String?, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<UserUpdateOutcome>?
    /// Returns the caller's e-mail and password hash, and the fingerprint stored for the key.
    func passwordPrecheck(of caller: UserID, key: IdempotencyKey?) async throws -> PasswordPrecheck?
    /// Sets a new password if the stored hash is still `checked`.
    ///
    /// - Returns: `nil` if the first request with this key is still running.
    func changePassword(
        of caller: Caller, checked: String, new: String, key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> PasswordOutcome?
}

/// The result of an update of an account.
package enum UserUpdateOutcome: Sendable {
    /// The account after the update.
    case updated(StaffMember)
    /// The account does not exist, or the caller may not change it.
    case notFound
    /// The change would leave no active administrator.
    case lastAdministrator
}

/// The values needed to check a password change.
package struct PasswordPrecheck: Sendable {
    package let email: String
    package let hash: String
    /// The fingerprint stored by the first request with the same key; `nil` if there was none.
    package let fingerprint: [UInt8]?

    package init(email: String, hash: String, fingerprint: [UInt8]?) {
        self.email = email
        self.hash = hash
        self.fingerprint = fingerprint
    }
}

/// The result of a password change.
package enum PasswordOutcome: Sendable {
    case changed
    /// The password had already changed, or the account is no longer active.
    case notChanged
}
