/// Where people and businesses live.
///
/// - Throws: every method throws ``StoreFault`` if the store could not do its work.
package protocol AccountStore: Sendable {
    /// The account that somebody would log in to, and whether a password may be given now.
    func look(_ attempt: LoginAttempt) async throws -> LoginLook
    /// Counts an attempt as failed before its password is checked, unless it comes too soon after others.
    ///
    /// - Returns: 0 if it was counted, else for how many seconds no password is checked.
    func admit(_ attempt: LoginAttempt) async throws -> Int
    /// Takes back an attempt that was counted.
    ///
    /// - Parameter isRight: whether its password was right, which clears what is counted for the account.
    func forgive(_ attempt: LoginAttempt, isRight: Bool) async throws
    /// Forgets some of the failures that slow down nobody any more, and says how many; none if there are none left.
    func forgetFailures() async throws -> Int
    /// `nil` if there is no active user with this id.
    func user(_ id: UserID) async throws -> User?
    /// Up to `limit` businesses that the caller sees after `cursor`, newest first; `nil` if they are no active user.
    func businesses(for caller: UserID, after cursor: Cursor<Business>?, limit: Int) async throws -> [Business]?
}

/// How passwords are kept. Slow by design, so an implementation bounds how many it works on at once.
package protocol PasswordHasher: Sendable {
    /// A hash with its salt and parameters, fit to be stored.
    func hash(_ password: String) async throws -> String
    /// Whether `password` made `hash`. Takes as long for `nil`, an account that does not exist.
    func verify(_ password: String, against hash: String?) async throws -> Bool
    /// 32 bytes that stand for others, the same each time for one salt, and as slow to guess from as a hash.
    func fingerprint(_ bytes: [UInt8], salt: [UInt8]) async throws -> [UInt8]
}

extension AccountStore {
    /// The account of an address, for those who give no password.
    package func account(email: String) async throws -> Account? {
        try await look(LoginAttempt(email: email, address: nil)).account
    }
}
