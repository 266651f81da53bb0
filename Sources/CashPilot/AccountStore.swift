/// Where people and businesses live.
///
/// - Throws: every method throws ``StoreFault`` if the store could not do its work.
package protocol AccountStore: Sendable {
    /// The account of an address, whatever its capitals, active or not.
    func account(email: String) async throws -> Account?
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
