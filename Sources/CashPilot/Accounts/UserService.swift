/// Manages accounts for administrators, and allows users to change their own password.
package struct UserService: Sendable {
    let store: any UserStore
    let accounts: any AccountStore
    let gate: PasswordGate
    let ids: IDMaker

    /// Creates an account.
    ///
    /// - Throws: ``DomainError/emailTaken``; ``DomainError/forbidden`` for a cashier;
    ///   ``DomainError/recentLoginRequired`` for a new administrator; ``DomainError/keyReused``, also if the account no
    ///   longer has the password of a repeated request.
    package func create(
        _ draft: UserDraft, by actor: ChangeActor, key: IdempotencyKey? = nil
    ) async throws -> ChangeResult<StaffMember> {
        try await checkBeforeHashing(actor, isSensitive: draft.role == .admin)
        let confirmed = try await confirmedHash(of: draft, by: actor, key: key)
        let hash: String
        if let confirmed { hash = confirmed } else { hash = try await gate.hash(draft.password, for: actor) }
        let user = User(id: ids.make(), email: draft.email, name: draft.name, role: draft.role, locale: draft.locale)
        let audit: AuditEventID = ids.make()
        let result = try await OnceOnly(store: store, key: key).create {
            try await store.create(
                user, isActive: draft.isActive, passwordHash: hash, by: actor, key: key, audit: audit)
        }
        if result.isReplay && confirmed == nil {
            // A concurrent request with the key created the account.
            _ = try await confirmedHash(of: draft, by: actor, key: key)
        }
        return result
    }

    /// Returns one account; for administrators.
    package func member(_ id: UserID, for caller: Caller) async throws -> StaffMember {
        let found = try Authorized.administered(try await store.member(id, for: caller))
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
    /// A new e-mail, role or password revokes all logins of the account. If an actor changes only their own
    /// password, the login in use stays valid. A change of `isActive` revokes logins and API keys.
    ///
    /// - Parameter isForced: change the account although it then cannot close its open sessions.
    /// - Throws: ``DomainError/emailTaken``; ``DomainError/lastAdministrator``; ``DomainError/forbidden`` for a
    ///   cashier; ``DomainError/recentLoginRequired`` for a new e-mail, role or password;
    ///   ``DomainError/hasOpenSession(_:)`` with the open sessions that the account could not close.
    package func update(
        _ id: UserID, _ change: UserChange, isForced: Bool = false, by actor: ChangeActor
    ) async throws -> StaffMember {
        var hash: String?
        if let password = change.password {
            try await checkBeforeHashing(actor, isSensitive: true)
            hash = try await gate.hash(password, for: actor)
        }
        let (audit, hashed): (AuditEventID, String?) = (ids.make(), hash)
        return try await OnceOnly(store: store).run {
            let result = try await store.update(
                id, change, passwordHash: hashed, isForced: isForced, by: actor, audit: audit)
            switch try Authorized.administered(result) {
            case .updated(let member): return member
            case .notFound: throw DomainError.userNotFound
            case .lastAdministrator: throw DomainError.lastAdministrator
            case .recentLoginRequired: throw DomainError.recentLoginRequired
            case .held(let sessions, let instant):
                throw held(sessions, by: actor, at: instant, refused: .changeUser(id)) ?? .busy
            }
        }
    }

    /// Changes the caller's own password, and revokes the caller's other logins.
    ///
    /// Of two concurrent changes from the same current password, one succeeds.
    ///
    /// Wrong passwords count for the caller's credential. They delay no login.
    ///
    /// - Returns: true if an earlier request with the same key already changed it. The new password is then checked
    ///   instead of the current one.
    /// - Throws: ``DomainError/wrongPassword``; ``DomainError/tooManyAttempts(seconds:)``; ``DomainError/keyReused``,
    ///   also if the account no longer has the password of a repeated request; ``DomainError/forbidden`` for a login by
    ///   PIN, because each new one would have new attempts to guess the password.
    package func changePassword(
        of caller: Caller, from current: String, to new: String, key: IdempotencyKey?
    ) async throws -> Bool {
        guard let precheck = try await store.passwordPrecheck(of: caller, key: key) else {
            throw DomainError.callerInactive
        }
        guard precheck.login != .pin else { throw DomainError.forbidden }
        let attempt = LoginAttempt(email: precheck.email, origin: .credential(caller.bearer))
        let once = OnceOnly(store: store, key: key)
        func stored() async throws -> OnceOnly.Stored<Void>? {
            let precheck = try await store.passwordPrecheck(of: caller, key: key)
            return precheck?.fingerprint.map { .init(fingerprint: $0, value: ()) }
        }
        let result: ChangeResult<Void>
        if let fingerprint = precheck.fingerprint {
            result = try await once.replay(.init(fingerprint: fingerprint, value: ()))
        } else if let hash = try await gate.verifiedHash(attempt, current) {
            let hashed = try await gate.hash(new, for: .user(caller))
            let audit: AuditEventID = ids.make()
            result = try await once.run { _ in
                let outcome = try await store.changePassword(
                    of: caller, checked: hash, new: hashed, key: key, audit: audit)
                switch outcome {
                case .changed: return .made(())
                case .notChanged: throw DomainError.wrongPassword
                case nil: throw DomainError.requestInFlight
                }
            } stored: {
                try await stored()
            }
        } else {
            // A concurrent request with the same key may have changed the password.
            guard key != nil, let response = try await stored() else { throw DomainError.wrongPassword }
            result = try await once.replay(response)
        }
        guard result.isReplay else { return false }
        guard try await gate.verifiedHash(attempt, new) != nil else { throw DomainError.keyReused }
        return true
    }

    /// Returns the hash of the account that an earlier request with the same key created; `nil` if there was none.
    ///
    /// Rejects unauthorized callers before a password is hashed. The fingerprint of the request has no password, so
    /// the password of a repeated request is checked against the stored hash, as a login is.
    ///
    /// - Throws: ``DomainError/keyReused`` if the account has another password.
    private func confirmedHash(of draft: UserDraft, by actor: ChangeActor, key: IdempotencyKey?) async throws -> String?
    {
        guard case .user(let caller) = actor else { return nil }
        let created = try Authorized.administered(try await store.createPrecheck(for: caller, key: key))
        guard let created, let fingerprint = created.fingerprint else { return nil }
        guard let key, key.matches(fingerprint) else { throw DomainError.keyReused }
        let attempt = LoginAttempt(email: created.email, origin: .credential(caller.bearer))
        guard let hash = try await gate.verifiedHash(attempt, draft.password, acceptsInactive: true) else {
            throw DomainError.keyReused
        }
        return hash
    }

    /// Rejects unauthorized callers before a hash is made, which costs about 0.1 s of CPU.
    ///
    /// - Parameter isSensitive: whether the change needs a recent login.
    private func checkBeforeHashing(_ actor: ChangeActor, isSensitive: Bool) async throws {
        guard case .user(let caller) = actor else { return }
        guard let account = try await accounts.account(of: caller) else { throw DomainError.callerInactive }
        guard account.user.role == .admin else { throw DomainError.forbidden }
        guard account.hasRecentLogin || !isSensitive else { throw DomainError.recentLoginRequired }
    }
}

/// Stores accounts.
///
/// - Throws: every method throws ``StoreError`` if the store fails. Unless stated otherwise, `nil` means that the
///   actor's bearer is not valid.
package protocol UserStore: ReplicationBarrier {
    /// - Throws: ``DomainError/emailTaken``; ``DomainError/recentLoginRequired`` for a new administrator.
    func create(
        _ user: User, isActive: Bool, passwordHash: String, by actor: ChangeActor, key: IdempotencyKey?,
        audit: AuditEventID
    ) async throws -> Keyed<Authorized<StaffMember?>>?
    /// Returns the account that the first request with the key created, for an administrator.
    func createPrecheck(for caller: Caller, key: IdempotencyKey?) async throws -> Authorized<PasswordPrecheck?>?
    func member(_ id: UserID, for caller: Caller) async throws -> Authorized<StaffMember?>?
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
    /// Returns the caller's e-mail, and the fingerprint stored for the key.
    func passwordPrecheck(of caller: Caller, key: IdempotencyKey?) async throws -> PasswordPrecheck?
    /// Sets a new password if the stored hash is still `checked`, and revokes the caller's other logins.
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
    /// A change of the e-mail, the role or the password needs a recent login.
    case recentLoginRequired
    /// The account could not close these open sessions, newest first. `at` is the database's clock.
    case held([ExistingSession], at: Instant)
}

/// The values needed to check the password of a request.
package struct PasswordPrecheck: Sendable {
    /// The e-mail of the account that the request changes or created.
    package let email: String
    /// The fingerprint stored by the first request with the same key; `nil` if there was none.
    package let fingerprint: [UInt8]?
    /// How the caller logged in; `nil` for an API key.
    package let login: LoginMethod?

    package init(email: String, fingerprint: [UInt8]?, login: LoginMethod? = .password) {
        self.email = email
        self.fingerprint = fingerprint
        self.login = login
    }
}

/// How a user logged in.
package enum LoginMethod: Sendable {
    case password
    /// At a terminal. The login has the rights of a cashier, in the terminal's business.
    case pin
}

/// The result of a password change.
package enum PasswordOutcome: Sendable {
    case changed
    /// The password had already changed, or the account is no longer active.
    case notChanged
}
