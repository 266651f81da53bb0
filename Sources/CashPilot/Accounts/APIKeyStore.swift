/// Stores API keys.
///
/// - Throws: every method throws ``StoreError`` if the store fails.
package protocol APIKeyStore: ReplicationBarrier {
    /// Returns `nil` if no active user has this e-mail.
    func create(
        _ id: APIKeyID, forEmail email: String, name: String, hash: [UInt8], days: Int?, audit: AuditEventID
    ) async throws -> APIKey?
    /// Returns up to `limit` keys after `cursor`, newest first.
    func keys(after cursor: Cursor<APIKey>?, limit: Int) async throws -> [APIKey]
    /// Returns the revoked key, also if it was revoked earlier; `nil` if it does not exist.
    func revoke(_ id: APIKeyID, audit: AuditEventID) async throws -> APIKey?
    /// Returns `nil` unless the key is valid and its user is active.
    func owner(ofHash hash: [UInt8]) async throws -> APIKeyOwner?
}
