/// Logs users in and returns their businesses and unfinished sessions.
package struct AccountService: Sendable {
    /// The maximum number of businesses, of open and of uncounted sessions in ``me(_:)``. The list endpoints return the rest.
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

/// Checks passwords and slows down guessing. Every password check uses it.
struct PasswordGate: Sendable {
    let accounts: any AccountStore
    let hasher: any PasswordHasher

    /// Checks a password. Failures are counted, and every failure costs the same.
    ///
    /// An attempt is counted before the slow hash. Concurrent attempts therefore get no more checks than consecutive
    /// ones.
    ///
    /// - Parameters:
    ///   - hash: the hash of the account's password; `nil` if the account does not exist.
    ///   - isOpen: whether the account accepts the right password.
    /// - Throws: ``DomainError/tooManyAttempts(seconds:)`` before any hash is made.
    func opens(_ attempt: LoginAttempt, _ password: String, hash: String?, isOpen: Bool = true) async throws -> Bool {
        let wait = try await accounts.admit(attempt)
        guard wait == 0 else { throw DomainError.tooManyAttempts(seconds: wait) }
        let isRight: Bool
        do {
            isRight = try await hasher.verify(password, against: hash)
        } catch {
            // The password was not checked, so the attempt must not count as failed.
            try await accounts.clearFailures(attempt, isRight: false)
            throw error
        }
        guard isRight, isOpen else { return false }
        try await accounts.clearFailures(attempt, isRight: true)
        return true
    }
}

/// Reads accounts and their businesses, and counts failed logins.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol AccountStore: Sendable {
    /// Returns the account of a login attempt and the seconds until a password may be checked.
    func precheck(_ attempt: LoginAttempt) async throws -> LoginPrecheck
    /// Counts an attempt as failed before its password is checked, unless it must wait.
    ///
    /// - Returns: 0 if the attempt was counted, otherwise the seconds during which no password is checked.
    func admit(_ attempt: LoginAttempt) async throws -> Int
    /// Removes an attempt that was counted.
    ///
    /// - Parameter isRight: whether the password was right. If so, the failures of the account are cleared too.
    func clearFailures(_ attempt: LoginAttempt, isRight: Bool) async throws
    /// Returns the account of an e-mail without a password check; `nil` if there is none. Works with every schema
    /// version.
    func account(email: String) async throws -> Account?
    /// Deletes one batch of failed logins that no longer delay a login (older than 2 h).
    ///
    /// - Returns: the number of deleted rows; 0 when no expired rows are left.
    func deleteExpiredFailures() async throws -> Int
    /// Returns `nil` if no active user has this id.
    func user(_ id: UserID) async throws -> User?
    /// Returns up to `limit` businesses that the caller sees after `cursor`, newest first; `nil` if the caller is not
    /// an active user.
    func businesses(for caller: UserID, after cursor: Cursor<Business>?, limit: Int) async throws -> [Business]?
}

/// Hashes passwords. Hashing is slow by design, so an implementation limits concurrent hashes.
package protocol PasswordHasher: Sendable {
    /// Returns a hash with its salt and parameters, ready to store.
    func hash(_ password: String) async throws -> String
    /// Returns whether `password` matches `hash`. `nil`, for a missing account, takes as long.
    func verify(_ password: String, against hash: String?) async throws -> Bool
    /// Derives 32 bytes from `bytes`, always the same for one salt.
    ///
    /// Guessing `bytes` from the result is as slow as guessing a password from its hash.
    func fingerprint(_ bytes: [UInt8], salt: [UInt8]) async throws -> [UInt8]
}

/// A login with its e-mail and client address. Failures are counted for both.
package struct LoginAttempt: Sendable {
    /// In its canonical form; the account may not exist.
    package let email: String
    /// The client's address; `nil` if unknown.
    package let address: String?

    package init(email: String, address: String?) {
        self.email = email
        self.address = address
    }
}

/// The facts read before a login.
package struct LoginPrecheck: Sendable {
    /// The seconds during which no password is checked; 0 if one may be checked now.
    package let wait: Int
    /// The account with this e-mail in any case, active or inactive; `nil` if there is none.
    package let account: Account?

    package init(wait: Int, account: Account?) {
        self.wait = wait
        self.account = account
    }
}
