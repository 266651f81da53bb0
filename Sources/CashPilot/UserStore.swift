/// Where accounts are changed.
///
/// - Throws: every method throws ``StoreFault`` if the store could not do its work. `nil` is an actor who is no active
///   user, unless it says otherwise.
package protocol UserStore: StandbyAwaiting {
    /// - Throws: ``Refusal/emailTaken``.
    func create(
        _ user: User, isActive: Bool, passwordHash: String, by actor: ChangeActor, key: IdempotencyKey?,
        audit: AuditEventID
    ) async throws -> CreateOutcome<StaffMember>?
    func member(_ id: UserID, for caller: UserID) async throws -> SeenByRole<StaffMember?>?
    /// Up to `limit` accounts after `cursor`, newest first.
    func members(
        for actor: ChangeActor, after cursor: Cursor<User>?, limit: Int
    ) async throws -> SeenByRole<[StaffMember]>?
    /// - Throws: ``Refusal/emailTaken``.
    func update(
        _ id: UserID, _ change: UserChange, passwordHash: String?, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> SeenByRole<UserUpdateOutcome>?
    /// The caller's address and the hash of their password, and the fingerprint of the key's first request.
    func passwordLook(of caller: UserID, key: IdempotencyKey?) async throws -> PasswordLook?
    /// Sets a new password if the hash is still `checked`.
    ///
    /// - Returns: `nil` if the first request with this key is not over.
    func changePassword(
        of caller: Caller, checked: String, new: String, key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> PasswordOutcome?
}

/// Something read for a caller, with the role that the database says they have.
package struct SeenByRole<Value: Sendable>: Sendable {
    package let role: Role
    package let value: Value

    package init(role: Role, value: Value) {
        self.role = role
        self.value = value
    }
}

/// What became of a write that changes an account.
package enum UserUpdateOutcome: Sendable {
    /// The account as it is now.
    case updated(StaffMember)
    /// There is none, or the caller may not change it.
    case notFound
    /// It would leave nobody to administer the shop.
    case lastAdministrator
}

/// What somebody who changes their own password is checked against.
package struct PasswordLook: Sendable {
    package let email: String
    package let hash: String
    /// Of the first request with the same key, if there was one.
    package let fingerprint: [UInt8]?

    package init(email: String, hash: String, fingerprint: [UInt8]?) {
        self.email = email
        self.hash = hash
        self.fingerprint = fingerprint
    }
}

/// What became of a write that changes a password.
package enum PasswordOutcome: Sendable {
    case changed
    /// The password was another by then, or the account is not active any more.
    case notChanged
}
