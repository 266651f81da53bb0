/// Creates, lists and revokes credentials, and finds the principal of a bearer.
package struct CredentialService: Sendable {
    let store: any CredentialStore
    let ids: IDMaker

    package init(store: any CredentialStore, ids: IDMaker) {
        self.store = store
        self.ids = ids
    }

    /// Returns the principal of a bearer; `nil` unless it is valid now.
    package func principal(of bearer: BearerHash) async throws -> Principal? {
        try await store.principal(of: bearer)
    }

    /// Returns the bearers among these that are not valid any more.
    package func ended(among bearers: [BearerHash]) async throws -> [BearerHash] {
        bearers.isEmpty ? [] : try await store.ended(among: bearers)
    }

    // MARK: Creation

    /// Creates an API key for the command line.
    ///
    /// - Parameters:
    ///   - bearer: SHA-256 of the key.
    ///   - days: the lifetime in days; `nil` until revoked.
    /// - Throws: ``DomainError/userNotFound`` if no active user has this e-mail.
    package func createKey(
        forEmail email: String, name: String, bearer: BearerHash, days: Int?
    ) async throws -> Credential {
        try await create(
            NewCredential(
                id: ids.make(), email: email, kind: .apiKey, name: name, bearer: bearer,
                lifetime: days.map { .seconds($0 * 86_400) }, reason: .key, audit: ids.make())
        ).credential
    }

    /// Creates a login without a password, for the command line.
    ///
    /// - Throws: ``DomainError/userNotFound`` if no active user has this e-mail.
    package func issueLogin(
        forEmail email: String, name: String?, bearer: BearerHash, lifetime: Duration
    ) async throws -> (User, Credential) {
        let created = try await create(
            NewCredential(
                id: ids.make(), email: email, kind: .login, name: name, bearer: bearer, lifetime: lifetime,
                reason: .issue, audit: ids.make()))
        return (created.user, created.credential)
    }

    private func create(_ new: NewCredential) async throws -> CreatedCredential {
        try await OnceOnly(store: store).run {
            guard let created = try await store.create(new) else { throw DomainError.userNotFound }
            return created
        }
    }

    // MARK: Lists

    /// Returns all API keys, newest first, for the command line.
    package func keys(
        after cursor: Cursor<Credential>?, limit: Int
    ) async throws -> Page<Credential, Credential> {
        page(try await store.keys(after: cursor, limit: limit + 1), limit)
    }

    /// Returns the credentials of a user that are valid, or ended in the last 30 days, newest first.
    ///
    /// - Parameter user: `nil` for the caller. Only administrators may name a user, even themselves.
    /// - Throws: ``DomainError/forbidden``; ``DomainError/userNotFound``.
    package func credentials(
        of user: UserID?, after cursor: Cursor<Credential>?, limit: Int, for caller: Caller
    ) async throws -> Page<Credential, Credential> {
        let read = try await store.credentials(of: user, after: cursor, limit: limit + 1, for: caller)
        let found = user == nil ? try Authorized.checked(read).value : try Authorized.administered(read)
        guard let found else { throw DomainError.userNotFound }
        return page(found, limit)
    }

    private func page(_ found: [Credential], _ limit: Int) -> Page<Credential, Credential> {
        Page(of: found, limit: limit) { Cursor(instant: $0.createdAt, id: $0.id) }
    }

    // MARK: Revocation

    /// Revokes a credential for good. One that has ended already is not changed.
    ///
    /// - Parameter user: the credential's user, whom only administrators name. `nil` for the caller's own credentials,
    ///   and for any credential at the command line.
    /// - Throws: ``DomainError/forbidden``; ``DomainError/credentialNotFound``.
    package func revoke(
        _ id: CredentialID, by actor: ChangeActor, of user: UserID? = nil
    ) async throws -> Credential {
        let audit: AuditEventID = ids.make()
        return try await OnceOnly(store: store).run {
            let read = try await store.revoke(id, of: user, by: actor, audit: audit)
            let revoked = user == nil ? try Authorized.checked(read).value : try Authorized.administered(read)
            guard let revoked else { throw DomainError.credentialNotFound }
            return revoked
        }
    }

    /// Revokes all valid credentials of a user: logins and API keys.
    ///
    /// - Returns: the number of revoked credentials.
    /// - Throws: ``DomainError/forbidden`` for a cashier; ``DomainError/userNotFound``.
    package func revokeAll(of user: UserID, by actor: ChangeActor) async throws -> Int {
        let audit: AuditEventID = ids.make()
        return try await OnceOnly(store: store).run {
            let read = try await store.revokeAll(of: user, by: actor, audit: audit)
            guard let count = try Authorized.administered(read) else { throw DomainError.userNotFound }
            return count
        }
    }

    /// Revokes the login that the caller uses.
    ///
    /// - Throws: ``DomainError/forbidden`` for an API key.
    package func logOut(_ caller: Caller) async throws {
        let audit: AuditEventID = ids.make()
        try await OnceOnly(store: store).run {
            let read = try Authorized.checked(try await store.logOut(caller, audit: audit))
            guard read.value != nil else { throw DomainError.forbidden }
        }
    }

    // MARK: Use

    /// Sets the time of the last use of these credentials to now.
    package func used(_ ids: [CredentialID]) async throws {
        guard !ids.isEmpty else { return }
        try await store.used(ids)
    }
}

/// Stores credentials.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol CredentialStore: ReplicationBarrier {
    /// Returns `nil` unless the bearer's credential is valid and its user is active.
    func principal(of bearer: BearerHash) async throws -> Principal?
    /// Returns the bearers among these that have no principal.
    func ended(among bearers: [BearerHash]) async throws -> [BearerHash]
    /// Creates a credential. A retry with the same id returns the credential that the lost attempt created.
    ///
    /// - Returns: `nil` if no active user has this e-mail, or has the checked hash any more.
    func create(_ new: NewCredential) async throws -> CreatedCredential?
    /// Returns up to `limit` API keys after `cursor`, newest first.
    func keys(after cursor: Cursor<Credential>?, limit: Int) async throws -> [Credential]
    /// Returns up to `limit` credentials after `cursor`, newest first, that are valid or ended in the last 30 days.
    ///
    /// - Parameter user: `nil` for the caller. The value is `nil` if the user does not exist, or if the caller is a
    ///   cashier and names a user.
    /// - Returns: `nil` if the caller's bearer is not valid.
    func credentials(
        of user: UserID?, after cursor: Cursor<Credential>?, limit: Int, for caller: Caller
    ) async throws -> Authorized<[Credential]?>?
    /// Revokes a credential and audits it. Idempotent for a given `audit` id.
    ///
    /// - Parameter user: `nil` for the caller, or for any user at the command line.
    /// - Returns: the credential, also if it had ended; its value is `nil` if there is none that the actor may revoke.
    ///   `nil` if the caller's bearer is not valid.
    func revoke(
        _ id: CredentialID, of user: UserID?, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<Credential?>?
    /// Revokes all valid credentials of a user, each with an audit event.
    ///
    /// - Returns: their number; its value is `nil` if the user does not exist. `nil` if the caller's bearer is not
    ///   valid.
    func revokeAll(of user: UserID, by actor: ChangeActor, audit: AuditEventID) async throws -> Authorized<Int?>?
    /// Revokes the caller's login and audits it. Idempotent for a given `audit` id.
    ///
    /// - Returns: the login; its value is `nil` if the caller uses an API key. `nil` if the caller's bearer is not
    ///   valid.
    func logOut(_ caller: Caller, audit: AuditEventID) async throws -> Authorized<Credential?>?
    /// Sets the time of the last use of these credentials to now.
    func used(_ ids: [CredentialID]) async throws
}

/// A credential to create.
package struct NewCredential: Sendable {
    /// Why it is created. The raw value is the action of the audit event.
    package enum Reason: String, Sendable {
        case login = "user.login"
        /// A login without a password, at the command line.
        case issue = "token.issue"
        case key = "credential.create"
    }

    package let id: CredentialID
    /// The e-mail of its user, in any case.
    package let email: String
    package let kind: Credential.Kind
    package let name: String?
    package let bearer: BearerHash
    /// `nil` until revoked.
    package let lifetime: Duration?
    package let reason: Reason
    package let audit: AuditEventID
    /// The password hash that a login was checked against. No credential is created if the user has another one now.
    package let checkedHash: String?
    /// The PIN that a login was checked against. No credential is created if it or its terminal has changed.
    package let checkedPIN: CheckedPIN?
    package let requestID: String?
    package let clientRequestID: String?

    package init(
        id: CredentialID, email: String, kind: Credential.Kind, name: String?, bearer: BearerHash, lifetime: Duration?,
        reason: Reason, audit: AuditEventID, checkedHash: String? = nil, checkedPIN: CheckedPIN? = nil,
        requestID: String? = nil, clientRequestID: String? = nil
    ) {
        self.id = id
        self.email = email
        self.kind = kind
        self.name = name
        self.bearer = bearer
        self.lifetime = lifetime
        self.reason = reason
        self.audit = audit
        self.checkedHash = checkedHash
        self.checkedPIN = checkedPIN
        self.requestID = requestID
        self.clientRequestID = clientRequestID
    }
}

/// The hash of a right PIN, and the bearer of the terminal where it was typed.
package struct CheckedPIN: Sendable {
    package let hash: String
    package let terminal: BearerHash

    package init(hash: String, terminal: BearerHash) {
        self.hash = hash
        self.terminal = terminal
    }
}

/// A new credential with its user.
package struct CreatedCredential: Sendable {
    package let user: User
    package let credential: Credential

    package init(user: User, credential: Credential) {
        self.user = user
        self.credential = credential
    }
}
