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
