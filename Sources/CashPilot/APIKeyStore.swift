/// Where API keys live.
///
/// - Throws: every method throws ``StoreFault`` if the store could not do its work.
package protocol APIKeyStore: Sendable {
    /// `nil` if nobody active has this address.
    func create(
        _ id: APIKeyID, forEmail email: String, name: String, hash: [UInt8], days: Int?, audit: AuditEventID
    ) async throws -> APIKey?
    /// Up to `limit` keys after `cursor`, newest first.
    func keys(after cursor: Cursor<APIKey>?, limit: Int) async throws -> [APIKey]
    /// The key, revoked now or before; `nil` if there is none.
    func revoke(_ id: APIKeyID, audit: AuditEventID) async throws -> APIKey?
    /// `nil` unless the key holds and its user is active.
    func owner(ofHash hash: [UInt8]) async throws -> APIKeyOwner?
}
