/// What the command line does with API keys, and each request that comes with one.
package struct APIKeyService: Sendable {
    private let store: any APIKeyStore
    private let ids: IDMaker

    package init(store: any APIKeyStore, ids: IDMaker) {
        self.store = store
        self.ids = ids
    }

    /// - Parameters:
    ///   - hash: SHA-256 of the key.
    ///   - days: for how long it holds; `nil` for as long as nobody revokes it.
    /// - Throws: ``Refusal/userNotFound`` if nobody active has this address.
    package func create(forEmail email: String, name: String, hash: [UInt8], days: Int?) async throws -> APIKey {
        let key = try await store.create(
            ids.make(), forEmail: email, name: name, hash: hash, days: days, audit: ids.make())
        guard let key else { throw Refusal.userNotFound }
        return key
    }

    package func keys(after cursor: Cursor<APIKey>?, limit: Int) async throws -> Page<APIKey, APIKey> {
        Page(of: try await store.keys(after: cursor, limit: limit + 1), limit: limit) {
            Cursor(instant: $0.createdAt, id: $0.id)
        }
    }

    /// Revokes a key, from the next request on. One that is revoked already stays as it is.
    ///
    /// - Throws: ``Refusal/keyNotFound``.
    package func revoke(_ id: APIKeyID) async throws -> APIKey {
        guard let key = try await store.revoke(id, audit: ids.make()) else { throw Refusal.keyNotFound }
        return key
    }

    /// Whom a key speaks for. Asked anew at each request, so that a revocation is never late.
    package func owner(ofHash hash: [UInt8]) async throws -> APIKeyOwner? { try await store.owner(ofHash: hash) }
}
