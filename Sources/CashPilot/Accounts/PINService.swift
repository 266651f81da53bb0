/// Logs users in by PIN at a terminal.
///
/// Wrong PINs count for a user at a terminal. They delay no other user, no other terminal and no login with a password.
package struct PINLogin: Sendable {
    let pins: any PINStore
    let credentials: any CredentialStore
    let gate: PasswordGate
    let ids: IDMaker

    /// Creates a login by PIN. It has the rights of a cashier, in the business of the terminal.
    ///
    /// A terminal has one PIN checked at a time. So each wrong PIN is counted before the next one is checked.
    ///
    /// - Parameter onResult: receives the result, and the user if it is an active cashier of the terminal's business. A
    ///   failure of the service is no result.
    /// - Throws: ``DomainError/invalidCredentials``, at the same cost for an unknown user, one who is inactive, has no
    ///   PIN or is not a cashier of the terminal's business, and a wrong PIN; ``DomainError/tooManyAttempts(seconds:)``;
    ///   ``DomainError/pinBlocked``; ``DomainError/callerInactive`` if the terminal has ended; ``TooManyLogins``.
    package func logIn(
        _ attempt: PINAttempt, pin: String, login: NewLogin,
        onResult: (LoginResult, UserID?) -> Void = { _, _ in }
    ) async throws -> (User, Credential) {
        let first = try await precheck(attempt, onResult)
        let place = PasswordQueue.Place(
            kind: .knownLogin, account: "terminal/\(attempt.terminal.bytes)", address: attempt.address)
        do {
            return try await gate.queue.run(place) { _ in
                // The attempt before may have counted a failure after the first precheck.
                let precheck = try await self.precheck(attempt, onResult)
                let isRight = try await gate.hasher.verify(pin, against: precheck.pinHash)
                guard let email = precheck.email, let hash = precheck.pinHash, isRight else {
                    try await pins.recordFailure(of: precheck.user, at: attempt.terminal)
                    onResult(.failure, precheck.user)
                    throw DomainError.invalidCredentials
                }
                let new = NewCredential(
                    id: ids.make(), email: email, kind: .login, name: login.name, bearer: login.bearer,
                    lifetime: login.lifetime, reason: .login, audit: ids.make(),
                    checkedPIN: .init(hash: hash, terminal: attempt.terminal), requestID: login.requestID,
                    clientRequestID: login.clientRequestID)
                let created = try await OnceOnly(store: credentials).run { try await credentials.create(new) }
                guard let created else {
                    // The PIN, the user or the terminal changed after the check.
                    onResult(.failure, precheck.user)
                    throw DomainError.invalidCredentials
                }
                onResult(.success, precheck.user)
                return (created.user, created.credential)
            }
        } catch let error as TooManyLogins {
            onResult(.throttled, first.user)
            throw error
        }
    }

    /// Returns the facts of an attempt whose PIN may be checked now.
    private func precheck(
        _ attempt: PINAttempt, _ onResult: (LoginResult, UserID?) -> Void
    ) async throws -> PINPrecheck {
        guard let precheck = try await pins.precheck(attempt) else { throw DomainError.callerInactive }
        guard !precheck.needsPassword else {
            onResult(.throttled, precheck.user)
            throw DomainError.pinBlocked
        }
        guard precheck.wait == 0 else {
            onResult(.throttled, precheck.user)
            throw DomainError.tooManyAttempts(seconds: precheck.wait)
        }
        return precheck
    }
}

/// Allows users to set and delete their own PIN.
package struct PINService: Sendable {
    let pins: any PINStore
    let users: any UserStore
    let gate: PasswordGate
    let ids: IDMaker

    /// Sets the caller's own PIN, revokes the caller's logins by PIN, and removes the counts of wrong PINs.
    ///
    /// Wrong passwords count for the caller's credential, as when the password is changed.
    ///
    /// - Throws: ``DomainError/forbidden`` unless the caller logged in with a password; ``DomainError/wrongPassword``;
    ///   ``DomainError/tooManyAttempts(seconds:)``; ``TooManyLogins``.
    package func set(_ pin: String, of caller: Caller, password: String) async throws {
        let email = try await emailAfterPasswordLogin(of: caller)
        let attempt = LoginAttempt(email: email, origin: .credential(caller.bearer))
        guard let checked = try await gate.verifiedHash(attempt, password) else { throw DomainError.wrongPassword }
        try await change(of: caller, checked: checked, new: try await gate.hash(pin, for: .user(caller)))
    }

    /// Deletes the caller's own PIN, if there is one, and revokes the caller's logins by PIN.
    ///
    /// - Throws: ``DomainError/forbidden`` unless the caller logged in with a password.
    package func delete(of caller: Caller) async throws {
        _ = try await emailAfterPasswordLogin(of: caller)
        try await change(of: caller, checked: nil, new: nil)
    }

    private func change(of caller: Caller, checked: String?, new: String?) async throws {
        let audit: AuditEventID = ids.make()
        try await OnceOnly(store: users).run {
            let isDone = try await pins.change(of: caller, checked: checked, new: new, audit: audit)
            guard let isDone else { throw DomainError.callerInactive }
            guard isDone else { throw DomainError.wrongPassword }
        }
    }

    private func emailAfterPasswordLogin(of caller: Caller) async throws -> String {
        guard let precheck = try await users.passwordPrecheck(of: caller, key: nil) else {
            throw DomainError.callerInactive
        }
        guard precheck.login == .password else { throw DomainError.forbidden }
        return precheck.email
    }
}

/// Stores PINs, and counts wrong ones.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol PINStore: Sendable {
    /// Returns the facts read before a PIN is checked; `nil` if the terminal's bearer is not valid.
    func precheck(_ attempt: PINAttempt) async throws -> PINPrecheck?
    /// Counts a wrong PIN.
    ///
    /// - Parameter user: `nil` if the terminal's business has no such active cashier. Nothing is counted then.
    func recordFailure(of user: UserID?, at terminal: BearerHash) async throws
    /// Sets the caller's PIN if the stored password hash is still `checked`, or deletes it if both hashes are `nil`.
    ///
    /// - Returns: whether the PIN is as requested; `nil` if the caller's bearer is not valid.
    func change(of caller: Caller, checked: String?, new: String?, audit: AuditEventID) async throws -> Bool?
}

/// A PIN to be checked: whose it is said to be, and where it was typed.
package struct PINAttempt: Sendable {
    package enum Account: Sendable, Equatable {
        case user(UserID)
        /// In its canonical form.
        case email(String)
    }

    /// It may not exist.
    package let account: Account
    /// The bearer of the terminal.
    package let terminal: BearerHash
    /// The client's address; `nil` if unknown.
    package let address: String?

    package init(account: Account, terminal: BearerHash, address: String?) {
        self.account = account
        self.terminal = terminal
        self.address = address
    }
}

/// The facts read before a PIN is checked.
package struct PINPrecheck: Sendable {
    /// The seconds during which no PIN of the user is checked at the terminal; 0 if one may be checked now.
    package let wait: Int
    /// Whether too many PINs were wrong, so that the user must log in with the password first.
    package let needsPassword: Bool
    /// The active cashier of the terminal's business; `nil` if there is none.
    package let user: UserID?
    package let email: String?
    /// `nil` if the user has no PIN.
    package let pinHash: String?

    package init(wait: Int, needsPassword: Bool, user: UserID?, email: String?, pinHash: String?) {
        self.wait = wait
        self.needsPassword = needsPassword
        self.user = user
        self.email = email
        self.pinHash = pinHash
    }
}
