/// Logs users in and returns their businesses and open sessions.
package struct AccountService: Sendable {
    /// The maximum number of businesses, and of open sessions, in ``me(_:)``. The list endpoints return the rest.
    static let listedMax = 200

    private let accounts: any AccountStore
    private let sessions: any SessionStore
    private let hasher: any PasswordHasher

    package init(accounts: any AccountStore, sessions: any SessionStore, hasher: any PasswordHasher) {
        self.accounts = accounts
        self.sessions = sessions
        self.hasher = hasher
    }

    /// Returns the user with this e-mail and password.
    ///
    /// - Throws: ``DomainError/invalidCredentials``, at the same cost for a wrong e-mail and a wrong password;
    ///   ``DomainError/tooManyAttempts(seconds:)``, whether or not the account exists.
    package func logIn(_ attempt: LoginAttempt, password: String) async throws -> User {
        let precheck = try await accounts.precheck(attempt)
        // The password gate decides. This early check saves the database the writes of a flood of logins.
        guard precheck.wait == 0 else { throw DomainError.tooManyAttempts(seconds: precheck.wait) }
        let gate = PasswordGate(accounts: accounts, hasher: hasher)
        let isRight = try await gate.opens(
            attempt, password, hash: precheck.account?.passwordHash, isOpen: precheck.account?.isActive ?? false)
        guard let account = precheck.account, isRight else { throw DomainError.invalidCredentials }
        return account.user
    }

    /// Returns the caller's account, businesses and open sessions.
    package func me(_ caller: Caller) async throws -> (user: User, businesses: [Business], open: [SessionView]) {
        async let user = accounts.user(caller.id)
        async let businesses = accounts.businesses(for: caller.id, after: nil, limit: Self.listedMax)
        async let open = sessions.openSessions(of: caller.id, limit: Self.listedMax)
        guard let user = try await user, let businesses = try await businesses else { throw DomainError.callerInactive }
        return (
            user, businesses,
            try await open.map { SessionView($0, for: caller.id, role: user.role) }
        )
    }
}

extension Page {
    /// Makes a page from up to `limit` + 1 items. The extra item only shows that another page exists.
    init(of found: consuming [Item], limit: Int, cursor: (Item) -> Cursor<Entity>) {
        let surplus = found.count - limit
        if surplus > 0 { found.removeLast(surplus) }
        let next = surplus > 0 ? found.last.map(cursor) : nil
        self.init(items: found, next: next)
    }
}
