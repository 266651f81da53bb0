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
