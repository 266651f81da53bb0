/// Who somebody is: logging in, and what they see of the shop.
package struct AccountService: Sendable {
    /// How many businesses and open sessions ``me(_:)`` lists; the rest is in the lists proper.
    static let listedMax = 200

    private let accounts: any AccountStore
    private let sessions: any SessionStore
    private let hasher: any PasswordHasher

    package init(accounts: any AccountStore, sessions: any SessionStore, hasher: any PasswordHasher) {
        self.accounts = accounts
        self.sessions = sessions
        self.hasher = hasher
    }

    /// The user with this address and password.
    ///
    /// - Throws: ``Refusal/invalidCredentials``, at the same cost whichever of the two was wrong;
    ///   ``Refusal/tooManyAttempts(seconds:)``, whether or not there is such an account.
    package func logIn(_ attempt: LoginAttempt, password: String) async throws -> User {
        let look = try await accounts.look(attempt)
        // The gate decides; this saves the database the writes of a flood.
        guard look.wait == 0 else { throw Refusal.tooManyAttempts(seconds: look.wait) }
        let gate = PasswordGate(accounts: accounts, hasher: hasher)
        let isRight = try await gate.opens(
            attempt, password, hash: look.account?.passwordHash, isOpen: look.account?.isActive ?? false)
        guard let account = look.account, isRight else { throw Refusal.invalidCredentials }
        return account.user
    }

    /// Who the caller is, the businesses they see and their open sessions.
    package func me(_ caller: Caller) async throws -> (user: User, businesses: [Business], open: [SeenSession]) {
        async let user = accounts.user(caller.id)
        async let businesses = accounts.businesses(for: caller.id, after: nil, limit: Self.listedMax)
        async let open = sessions.openSessions(of: caller.id, limit: Self.listedMax)
        guard let user = try await user, let businesses = try await businesses else { throw Refusal.callerInactive }
        return (
            user, businesses,
            try await open.map { SeenSession(session: $0, actions: $0.allowedActions(for: caller.id, role: user.role)) }
        )
    }
}

extension Page {
    /// A page from up to `limit` + 1 items: the one too many tells that there is a next page.
    init(of found: consuming [Item], limit: Int, cursor: (Item) -> Cursor<Entity>) {
        let surplus = found.count - limit
        if surplus > 0 { found.removeLast(surplus) }
        let next = surplus > 0 ? found.last.map(cursor) : nil
        self.init(items: found, next: next)
    }
}
