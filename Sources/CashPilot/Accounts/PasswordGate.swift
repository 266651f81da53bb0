/// Checks and hashes passwords, and slows down guessing. Every password check uses it.
///
/// All services of a process share one gate, because its queue limits the hashes of the process.
struct PasswordGate: Sendable {
    let accounts: any AccountStore
    let hasher: any PasswordHasher
    let queue = PasswordQueue()

    /// Checks a password, and counts a wrong one.
    ///
    /// A failure is counted after the hash, and the next attempt for the account waits for that. Concurrent wrong
    /// attempts therefore get no more checks than consecutive ones, and concurrent right ones do not fail.
    ///
    /// - Parameter acceptsInactive: whether the right password of an inactive account is right.
    /// - Throws: ``TooManyLogins``.
    func check(
        _ attempt: LoginAttempt, _ password: String, acceptsInactive: Bool = false
    ) async throws -> PasswordCheck {
        let first = try await accounts.precheck(attempt)
        guard first.wait == 0 else { return .throttled(seconds: first.wait, first.account) }
        return try await queue.run(attempt.place(isKnown: first.isKnown)) { hasWaited in
            let precheck = hasWaited ? try await accounts.precheck(attempt) : first
            guard precheck.wait == 0 else { return .throttled(seconds: precheck.wait, precheck.account) }
            let isRight = try await hasher.verify(password, against: precheck.account?.passwordHash)
            guard let account = precheck.account, isRight, account.isActive || acceptsInactive else {
                try await accounts.recordFailure(attempt, isKnown: precheck.isKnown)
                return .wrong(precheck.account)
            }
            try await accounts.recordSuccess(attempt)
            return .right(account)
        }
    }

    /// Returns the hash of the account's password if `password` is right, or `nil` if it is wrong.
    ///
    /// - Throws: ``DomainError/tooManyAttempts(seconds:)``; ``TooManyLogins``.
    func verifiedHash(
        _ attempt: LoginAttempt, _ password: String, acceptsInactive: Bool = false
    ) async throws -> String? {
        switch try await check(attempt, password, acceptsInactive: acceptsInactive) {
        case .right(let account): return account.passwordHash
        case .wrong: return nil
        case .throttled(let seconds, _): throw DomainError.tooManyAttempts(seconds: seconds)
        }
    }

    /// Hashes a new password or PIN that `actor` sets.
    ///
    /// - Throws: ``TooManyLogins``.
    func hash(_ password: String, for actor: ChangeActor) async throws -> String {
        let account = "user/" + (actor.id?.description ?? "")
        return try await queue.run(.init(kind: .change, account: account, address: nil)) { _ in
            try await hasher.hash(password)
        }
    }
}

/// The result of a password check.
enum PasswordCheck: Sendable {
    case right(Account)
    /// The password is wrong, or the account is inactive, or it does not exist and is `nil`.
    case wrong(Account?)
    /// Too many wrong passwords. No password is checked for `seconds`.
    case throttled(seconds: Int, Account?)
}

/// A password to be checked for an account, and where it comes from.
package struct LoginAttempt: Sendable {
    /// The origin of an attempt. Failures are counted for an account and an origin.
    package enum Origin: Sendable, Equatable {
        /// The client's address; `nil` if unknown.
        case address(String?)
        /// The credential of an authenticated user.
        case credential(BearerHash)
    }

    /// In its canonical form; the account may not exist.
    package let email: String
    package let origin: Origin

    package init(email: String, origin: Origin) {
        self.email = email
        self.origin = origin
    }

    /// A login from a client's address.
    package init(email: String, address: String?) { self.init(email: email, origin: .address(address)) }

    /// The client's address of a login; `nil` if unknown.
    package var address: String? { if case .address(let address) = origin { address } else { nil } }

    fileprivate func place(isKnown: Bool) -> PasswordQueue.Place {
        switch origin {
        case .address(let address):
            .init(kind: isKnown ? .knownLogin : .login, account: "account/" + email, address: address)
        case .credential: .init(kind: .change, account: "account/" + email, address: nil)
        }
    }
}

/// The facts read before a password is checked.
package struct LoginPrecheck: Sendable {
    /// The seconds during which no password is checked; 0 if one may be checked now.
    package let wait: Int
    /// Whether the account logged in from the attempt's origin in the last 30 days.
    package let isKnown: Bool
    /// The account with this e-mail in any case, active or inactive; `nil` if there is none.
    package let account: Account?

    package init(wait: Int, isKnown: Bool, account: Account?) {
        self.wait = wait
        self.isKnown = isKnown
        self.account = account
    }
}

/// Hashes passwords. Hashing is slow by design, so an implementation limits concurrent hashes.
package protocol PasswordHasher: Sendable {
    /// Returns a hash with its salt and parameters, ready to store.
    func hash(_ password: String) async throws -> String
    /// Returns whether `password` matches `hash`. `nil`, for a missing account, takes as long.
    func verify(_ password: String, against hash: String?) async throws -> Bool
}
