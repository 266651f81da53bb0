/// What administrators do with accounts, and everybody with their own password.
package struct UserService: Sendable {
    private let store: any UserStore
    private let accounts: any AccountStore
    private let hasher: any PasswordHasher
    private let ids: IDMaker

    package init(store: any UserStore, accounts: any AccountStore, hasher: any PasswordHasher, ids: IDMaker) {
        self.store = store
        self.accounts = accounts
        self.hasher = hasher
        self.ids = ids
    }

    /// Creates an account.
    ///
    /// - Throws: ``Refusal/emailTaken``; ``Refusal/forbidden`` for a cashier.
    package func create(
        _ draft: UserDraft, by actor: ChangeActor, key: IdempotencyKey? = nil
    ) async throws -> Created<StaffMember> {
        try await checkBeforeHashing(actor)
        // At once, so that they wait in the queue together.
        async let slowKey = slow(key, of: actor)
        async let hash = hasher.hash(draft.password)
        let user = User(
            id: ids.make(), email: draft.email, name: draft.name, role: draft.role, locale: draft.locale)
        let audit: AuditEventID = ids.make()
        let (hashed, checkedKey) = (try await hash, try await slowKey)
        let outcome = try await settled(in: store) {
            let outcome = try await store.create(
                user, isActive: draft.isActive, passwordHash: hashed, by: actor, key: checkedKey, audit: audit)
            guard let outcome else { throw Refusal.callerInactive }
            try outcome.checkKey()
            return outcome
        }
        return try await outcome.created(for: checkedKey, in: store)
    }

    /// One account; for administrators.
    package func member(_ id: UserID, for caller: Caller) async throws -> StaffMember {
        let found = try administered(try await store.member(id, for: caller.id))
        guard let found else { throw Refusal.userNotFound }
        return found
    }

    /// All accounts, newest first; for administrators.
    package func members(
        for actor: ChangeActor, after cursor: Cursor<User>?, limit: Int
    ) async throws -> Page<StaffMember, User> {
        let found = try administered(try await store.members(for: actor, after: cursor, limit: limit + 1))
        return Page(of: found, limit: limit) { Cursor(instant: $0.createdAt, id: $0.user.id) }
    }

    /// Changes an account; what it may do changes from its next request on.
    ///
    /// - Throws: ``Refusal/emailTaken``; ``Refusal/lastAdministrator``; ``Refusal/forbidden`` for a cashier.
    package func update(_ id: UserID, _ change: UserChange, by actor: ChangeActor) async throws -> StaffMember {
        var hash: String?
        if let password = change.password {
            try await checkBeforeHashing(actor)
            hash = try await hasher.hash(password)
        }
        let (audit, hashed): (AuditEventID, String?) = (ids.make(), hash)
        let outcome = try administered(
            try await settled(in: store) {
                try await store.update(id, change, passwordHash: hashed, by: actor, audit: audit)
            })
        switch outcome {
        case .updated(let member): return member
        case .notFound: throw Refusal.userNotFound
        case .lastAdministrator: throw Refusal.lastAdministrator
        }
    }

    /// Changes the caller's own password. Of two that come together with the same current one, one wins.
    ///
    /// - Returns: whether a request with the same key had done it before.
    /// - Parameter address: of the client. Wrong passwords count as those of logins do.
    /// - Throws: ``Refusal/wrongPassword``; ``Refusal/tooManyAttempts(seconds:)``.
    package func changePassword(
        of caller: Caller, at address: String?, from current: String, to new: String, key: IdempotencyKey?
    ) async throws -> Bool {
        guard let look = try await store.passwordLook(of: caller.id, key: key) else { throw Refusal.callerInactive }
        if let fingerprint = look.fingerprint {
            guard try await slow(key, of: .user(caller))?.fingerprint == fingerprint else { throw Refusal.keyReused }
            try await store.awaitStandby()
            return true
        }
        let isRight = try await PasswordGate(accounts: accounts, hasher: hasher).opens(
            LoginAttempt(email: look.email, address: address), current, hash: look.hash)
        guard isRight else { throw Refusal.wrongPassword }
        // At once, so that they wait in the queue together.
        async let slowKey = slow(key, of: .user(caller))
        async let hash = hasher.hash(new)
        let audit: AuditEventID = ids.make()
        let (hashed, checkedKey) = (try await hash, try await slowKey)
        let outcome = try await settled(in: store) {
            let outcome = try await store.changePassword(
                of: caller, checked: look.hash, new: hashed, key: checkedKey, audit: audit)
            guard let outcome else { throw Refusal.requestInFlight }
            return outcome
        }
        switch outcome {
        case .changed: return false
        case .notChanged:
            // A request with the same key may have changed it in the same instant.
            let again = try await store.passwordLook(of: caller.id, key: key)
            guard let checkedKey, again?.fingerprint == checkedKey.fingerprint else {
                throw Refusal.wrongPassword
            }
            try await store.awaitStandby()
            return true
        }
    }

    /// Refuses who may not, before a hash is made for them, which costs a tenth of a second.
    private func checkBeforeHashing(_ actor: ChangeActor) async throws {
        guard case .user(let caller) = actor else { return }
        guard let user = try await accounts.user(caller.id) else { throw Refusal.callerInactive }
        guard user.role == .admin else { throw Refusal.forbidden }
    }

    /// The key with a fingerprint fit to be stored for a request that has a password in it: a plain SHA-256 beside the
    /// slow hash would be the quick way to guess it.
    private func slow(_ key: IdempotencyKey?, of actor: ChangeActor) async throws -> IdempotencyKey? {
        guard let key, let id = actor.id else { return nil }
        let salt = Array("\(id)/\(key.text)".utf8)
        return IdempotencyKey(text: key.text, fingerprint: try await hasher.fingerprint(key.fingerprint, salt: salt))
    }

    private func administered<Value>(_ seen: SeenByRole<Value>?) throws(Refusal) -> Value {
        guard let seen else { throw .callerInactive }
        guard seen.role == .admin else { throw .forbidden }
        return seen.value
    }
}
