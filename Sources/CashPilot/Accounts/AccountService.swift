/// Logs users in and returns their businesses and unfinished sessions.
package struct AccountService: Sendable {
    /// The maximum number of businesses, of open and of uncounted sessions in ``me(_:)``. The list endpoints return the rest.
    static let listedMax = 200

    private let accounts: any AccountStore
    private let credentials: any CredentialStore
    private let sessions: any SessionStore
    private let gate: PasswordGate
    private let ids: IDMaker

    init(
        accounts: any AccountStore, credentials: any CredentialStore, sessions: any SessionStore, gate: PasswordGate,
        ids: IDMaker
    ) {
        self.accounts = accounts
        self.credentials = credentials
        self.sessions = sessions
        self.gate = gate
        self.ids = ids
    }

    /// Creates a login for the user with this e-mail and password.
    ///
    /// - Parameter onResult: receives the result, and the account's user if the account exists. A failure of the
    ///   service is no result.
    /// - Throws: ``DomainError/invalidCredentials``, at the same cost for a wrong e-mail and a wrong password;
    ///   ``DomainError/tooManyAttempts(seconds:)``, whether or not the account exists; ``TooManyLogins``.
    package func logIn(
        _ attempt: LoginAttempt, password: String, login: NewLogin,
        onResult: (LoginResult, UserID?) -> Void = { _, _ in }
    ) async throws -> (User, Credential) {
        let account: Account
        let check: PasswordCheck
        do {
            check = try await gate.check(attempt, password)
        } catch let error as TooManyLogins {
            onResult(.throttled, nil)
            throw error
        }
        switch check {
        case .right(let found): account = found
        case .wrong(let found):
            onResult(.failure, found?.user.id)
            throw DomainError.invalidCredentials
        case .throttled(let seconds, let found):
            onResult(.throttled, found?.user.id)
            throw DomainError.tooManyAttempts(seconds: seconds)
        }
        let credential = NewCredential(
            id: ids.make(), email: attempt.email, kind: .login, name: login.name, bearer: login.bearer,
            lifetime: login.lifetime, reason: .login, audit: ids.make(), checkedHash: account.passwordHash,
            requestID: login.requestID, clientRequestID: login.clientRequestID)
        let created = try await OnceOnly(store: credentials).run { try await credentials.create(credential) }
        guard let created else {
            // The password changed after the check, which revoked all logins. This one would have escaped it.
            onResult(.failure, account.user.id)
            throw DomainError.invalidCredentials
        }
        onResult(.success, account.user.id)
        return (created.user, created.credential)
    }

    /// - Throws: ``DomainError/forbidden`` for a cashier; ``DomainError/callerInactive``.
    package func checkIsAdministrator(_ caller: Caller) async throws {
        guard let account = try await accounts.account(of: caller) else { throw DomainError.callerInactive }
        guard account.user.role == .admin else { throw DomainError.forbidden }
    }

    /// Returns the caller's account, businesses and unfinished sessions.
    package func me(_ caller: Caller) async throws -> OwnAccount {
        async let account = accounts.account(of: caller)
        async let businesses = accounts.businesses(for: caller, after: nil, limit: Self.listedMax)
        async let open = sessions.ownSessions(of: caller, areOpen: true, limit: Self.listedMax)
        async let uncounted = sessions.ownSessions(of: caller, areOpen: false, limit: Self.listedMax)
        guard let user = try await account?.user, let businesses = try await businesses else {
            throw DomainError.callerInactive
        }
        return OwnAccount(
            user: user, businesses: businesses,
            open: try await open.map { SessionView($0, for: caller.id, role: user.role) },
            uncounted: try await uncounted.map { SessionView($0, for: caller.id, role: user.role) })
    }
}

/// A caller's own account.
package struct OwnAccount: Sendable {
    package let user: User
    package let businesses: [Business]
    package let open: [SessionView]
    /// The sessions that ended without a count.
    package let uncounted: [SessionView]
}

/// Reads accounts and their businesses, and counts failed logins.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol AccountStore: Sendable {
    /// Returns the account of a login attempt and the seconds until a password may be checked.
    func precheck(_ attempt: LoginAttempt) async throws -> LoginPrecheck
    /// Counts a wrong password.
    ///
    /// - Parameter isKnown: as in the precheck. From an unknown origin it counts for the account too.
    func recordFailure(_ attempt: LoginAttempt, isKnown: Bool) async throws
    /// Removes the failures of the account from the attempt's origin, and remembers an address.
    func recordSuccess(_ attempt: LoginAttempt) async throws
    /// Returns the account of an e-mail without a password check; `nil` if there is none. Works with every schema
    /// version.
    func account(email: String) async throws -> Account?
    /// Deletes one batch of failed logins that no longer delay a login (older than 2 h), and of addresses without a
    /// login for 30 days.
    ///
    /// - Returns: the number of deleted rows; 0 when no expired rows are left.
    func deleteExpiredFailures() async throws -> Int
    /// Returns the caller's own account; `nil` if the caller's bearer is not valid.
    func account(of caller: Caller) async throws -> CallerAccount?
    /// Returns up to `limit` businesses that the caller sees after `cursor`, newest first; `nil` if the caller's bearer
    /// is not valid.
    func businesses(for caller: Caller, after cursor: Cursor<Business>?, limit: Int) async throws -> [Business]?
}

/// The login to create after a right password.
package struct NewLogin: Sendable {
    package let bearer: BearerHash
    /// The client, for people, at most ``Credential/nameMax`` characters; `nil` if unknown.
    package let name: String?
    package let lifetime: Duration
    package let requestID: String
    package let clientRequestID: String?

    package init(
        bearer: BearerHash, name: String?, lifetime: Duration, requestID: String, clientRequestID: String?
    ) {
        self.bearer = bearer
        self.name = name
        self.lifetime = lifetime
        self.requestID = requestID
        self.clientRequestID = clientRequestID
    }
}

/// How a login ended. The raw values are labels of a metric.
package enum LoginResult: String, Sendable, CaseIterable {
    case success
    /// A wrong e-mail or password, or an inactive account.
    case failure
    /// Refused without a check of the password, after too many failures.
    case throttled
}

/// The caller's own account.
package struct CallerAccount: Sendable {
    package let user: User
    /// True if the caller uses a login that is less than ten minutes old.
    package let hasRecentLogin: Bool

    package init(user: User, hasRecentLogin: Bool) {
        self.user = user
        self.hasRecentLogin = hasRecentLogin
    }
}
