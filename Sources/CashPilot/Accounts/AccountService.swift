/// Logs users in and returns their businesses and unfinished sessions.
package struct AccountService: Sendable {
    /// The maximum number of businesses, of open and of uncounted sessions in ``me(_:)``. The list endpoints return the rest.
    static let listedMax = 200

    private let accounts: any AccountStore
    private let sessions: any SessionStore
    private let gate: PasswordGate

    init(accounts: any AccountStore, sessions: any SessionStore, gate: PasswordGate) {
        self.accounts = accounts
        self.sessions = sessions
        self.gate = gate
    }

    /// Returns the user with this e-mail and password.
    ///
    /// - Throws: ``DomainError/invalidCredentials``, at the same cost for a wrong e-mail and a wrong password;
    ///   ``DomainError/tooManyAttempts(seconds:)``, whether or not the account exists; ``TooManyLogins``.
    package func logIn(_ attempt: LoginAttempt, password: String) async throws -> User {
        switch try await gate.check(attempt, password) {
        case .right(let account): return account.user
        case .wrong: throw DomainError.invalidCredentials
        case .throttled(let seconds): throw DomainError.tooManyAttempts(seconds: seconds)
        }
    }

    /// Returns the caller's account, businesses and unfinished sessions.
    package func me(_ caller: Caller) async throws -> OwnAccount {
        async let user = accounts.user(caller.id)
        async let businesses = accounts.businesses(for: caller.id, after: nil, limit: Self.listedMax)
        async let open = sessions.ownSessions(of: caller.id, areOpen: true, limit: Self.listedMax)
        async let uncounted = sessions.ownSessions(of: caller.id, areOpen: false, limit: Self.listedMax)
        guard let user = try await user, let businesses = try await businesses else { throw DomainError.callerInactive }
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
    /// Returns `nil` if no active user has this id.
    func user(_ id: UserID) async throws -> User?
    /// Returns up to `limit` businesses that the caller sees after `cursor`, newest first; `nil` if the caller is not
    /// an active user.
    func businesses(for caller: UserID, after cursor: Cursor<Business>?, limit: Int) async throws -> [Business]?
}
