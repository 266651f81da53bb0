/// The one place where passwords are checked: it slows down whoever guesses them.
struct PasswordGate: Sendable {
    let accounts: any AccountStore
    let hasher: any PasswordHasher

    /// Whether `password` opens an account. What does not open it is counted, and costs the same whatever the reason.
    ///
    /// An attempt is counted before the hash, which is slow: of many that come at once only so many are checked as
    /// would be one after the other.
    ///
    /// - Parameters:
    ///   - hash: of the account's password; `nil` if there is no account.
    ///   - isOpen: whether the right password would do.
    /// - Throws: ``Refusal/tooManyAttempts(seconds:)``, and then no hash is made.
    func opens(_ attempt: LoginAttempt, _ password: String, hash: String?, isOpen: Bool = true) async throws -> Bool {
        let wait = try await accounts.admit(attempt)
        guard wait == 0 else { throw Refusal.tooManyAttempts(seconds: wait) }
        let isRight: Bool
        do {
            isRight = try await hasher.verify(password, against: hash)
        } catch {
            // It was not checked: that the service is busy is nobody's failure.
            try await accounts.forgive(attempt, isRight: false)
            throw error
        }
        guard isRight, isOpen else { return false }
        try await accounts.forgive(attempt, isRight: true)
        return true
    }
}
