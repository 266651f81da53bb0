/// Manages accounts for administrators, and allows users to change their own password.
package struct UserService: Sendable {
    let store: any UserStore
    let accounts: any AccountStore
    let hasher: any PasswordHasher
    let ids: IDMaker

    /// Creates an account.
    ///
    /// - Throws: ``DomainError/emailTaken``; ``DomainError/forbidden`` for a cashier.
    package func create(
        _ draft: UserDraft, by actor: ChangeActor, key: IdempotencyKey? = nil
    ) async throws -> ChangeResult<StaffMember> {
        try await checkBeforeHashing(actor)
        // Both run concurrently and share one wait in the hash queue.
        async let slowKey = slow(key, of: actor)
        async let hash = hasher.hash(draft.password)
        let user = User(id: ids.make(), email: draft.email, name: draft.name, role: draft.role, locale: draft.locale)
        let audit: AuditEventID = ids.make()
        let (hashed, checkedKey) = (try await hash, try await slowKey)
        return try await OnceOnly(store: store, key: checkedKey).create {
            try await store.create(
                user, isActive: draft.isActive, passwordHash: hashed, by: actor, key: checkedKey, audit: audit)
        }
    }

    /// Returns one account; for administrators.
    package func member(_ id: UserID, for caller: Caller) async throws -> StaffMember {
        let found = try Authorized.administered(try await store.member(id, for: caller.id))
        guard let found else { throw DomainError.userNotFound }
        return found
    }

    /// Returns all accounts, newest first; for administrators.
    package func members(
        for actor: ChangeActor, after cursor: Cursor<User>?, limit: Int
    ) async throws -> Page<StaffMember, User> {
        let found = try Authorized.administered(try await store.members(for: actor, after: cursor, limit: limit + 1))
        return Page(of: found, limit: limit) { Cursor(instant: $0.createdAt, id: $0.user.id) }
    }

    /// Changes an account. New permissions apply from its next request.
    ///
    /// - Parameter isForced: change the account although it then cannot close its open sessions.
    /// - Throws: ``DomainError/emailTaken``; ``DomainError/lastAdministrator``; ``DomainError/forbidden`` for a
    ///   cashier; ``DomainError/hasOpenSession(_:)`` with the open sessions that the account could not close.
    package func update(
        _ id: UserID, _ change: UserChange, isForced: Bool = false, by actor: ChangeActor
    ) async throws -> StaffMember {
        var hash: String?
        if let password = change.password {
            try await checkBeforeHashing(actor)
            hash = try await hasher.hash(password)
        }
        let (audit, hashed): (AuditEventID, String?) = (ids.make(), hash)
        return try await OnceOnly(store: store).run {
            let result = try await store.update(
                id, change, passwordHash: hashed, isForced: isForced, by: actor, audit: audit)
            switch try Authorized.administered(result) {
            case .updated(let member): return member
            case .notFound: throw DomainError.userNotFound
            case .lastAdministrator: throw DomainError.lastAdministrator
            case .held(let sessions, let instant):
                throw held(sessions, by: actor, at: instant, refused: .changeUser(id)) ?? .busy
            }
        }
    }

    /// Changes the caller's own password. Of two concurrent changes from the same current password, one succeeds.
    ///
    /// - Returns: true if an earlier request with the same key already changed it.
    /// - Parameter address: the client's address. Wrong passwords count like failed logins.
    /// - Throws: ``DomainError/wrongPassword``; ``DomainError/tooManyAttempts(seconds:)``.
    package func changePassword(
        of caller: Caller, at address: String?, from current: String, to new: String, key: IdempotencyKey?
    ) async throws -> Bool {
        guard let precheck = try await store.passwordPrecheck(of: caller.id, key: key) else {
            throw DomainError.callerInactive
        }
        if let fingerprint = precheck.fingerprint {
            let once = OnceOnly(store: store, key: try await slow(key, of: .user(caller)))
            return try await once.replay(.init(fingerprint: fingerprint, value: ())).isReplay
        }
        let isRight = try await PasswordGate(accounts: accounts, hasher: hasher).opens(
            LoginAttempt(email: precheck.email, address: address), current, hash: precheck.hash)
        guard isRight else { throw DomainError.wrongPassword }
        // Both run concurrently and share one wait in the hash queue.
        async let slowKey = slow(key, of: .user(caller))
        async let hash = hasher.hash(new)
        let audit: AuditEventID = ids.make()
        let (hashed, checkedKey) = (try await hash, try await slowKey)
        return try await OnceOnly(store: store, key: checkedKey).run { _ in
            let outcome = try await store.changePassword(
                of: caller, checked: precheck.hash, new: hashed, key: checkedKey, audit: audit)
            switch outcome {
            case .changed: return .made(())
            case .notChanged: throw DomainError.wrongPassword
            case nil: throw DomainError.requestInFlight
            }
        } stored: {
            // A concurrent request with the same key may have changed the password.
            let precheck = try await store.passwordPrecheck(of: caller.id, key: checkedKey)
            return precheck?.fingerprint.map { .init(fingerprint: $0, value: ()) }
        }.isReplay
    }

    /// Rejects unauthorized callers before a hash is made, which costs about 0.1 s of CPU.
    private func checkBeforeHashing(_ actor: ChangeActor) async throws {
        guard case .user(let caller) = actor else { return }
        guard let user = try await accounts.user(caller.id) else { throw DomainError.callerInactive }
        guard user.role == .admin else { throw DomainError.forbidden }
    }

    /// Returns the key with a slow fingerprint, for requests that contain a password.
    ///
    /// A plain SHA-256 stored next to the slow hash would make the password quick to guess.
    private func slow(_ key: IdempotencyKey?, of actor: ChangeActor) async throws -> IdempotencyKey? {
        guard let key, let id = actor.id else { return nil }
        let salt = Array("\(id)/\(key.text)".utf8)
        return IdempotencyKey(text: key.text, fingerprint: try await hasher.fingerprint(key.fingerprint, salt: salt))
    }
}

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
    /// Updates an account. Unless forced, its open sessions prevent a change after which it could not close them.
    ///
    /// - Throws: ``DomainError/emailTaken``.
    func update(
        _ id: UserID, _ change: UserChange, passwordHash: String?, isForced: Bool, by actor: ChangeActor,
        audit: AuditEventID
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
    /// The account could not close these open sessions, newest first. `at` is the database's clock.
    case held([ExistingSession], at: Instant)
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
