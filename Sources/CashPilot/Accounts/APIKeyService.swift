/// Manages API keys for the command line. Also finds the user of a key for each request.
package struct APIKeyService: Sendable {
    private let store: any APIKeyStore
    private let ids: IDMaker

    package init(store: any APIKeyStore, ids: IDMaker) {
        self.store = store
        self.ids = ids
    }

    /// - Parameters:
    ///   - hash: SHA-256 of the key.
    ///   - days: the lifetime in days; `nil` until revoked.
    /// - Throws: ``DomainError/userNotFound`` if no active user has this e-mail.
    package func create(forEmail email: String, name: String, hash: [UInt8], days: Int?) async throws -> APIKey {
        let (id, audit): (APIKeyID, AuditEventID) = (ids.make(), ids.make())
        return try await OnceOnly(store: store).run {
            let key = try await store.create(id, forEmail: email, name: name, hash: hash, days: days, audit: audit)
            guard let key else { throw DomainError.userNotFound }
            return key
        }
    }

    package func keys(after cursor: Cursor<APIKey>?, limit: Int) async throws -> Page<APIKey, APIKey> {
        Page(of: try await store.keys(after: cursor, limit: limit + 1), limit: limit) {
            Cursor(instant: $0.createdAt, id: $0.id)
        }
    }

    /// Revokes a key from the next request on. A revoked key is not changed.
    ///
    /// - Throws: ``DomainError/keyNotFound``.
    package func revoke(_ id: APIKeyID) async throws -> APIKey {
        let audit: AuditEventID = ids.make()
        return try await OnceOnly(store: store).run {
            guard let key = try await store.revoke(id, audit: audit) else { throw DomainError.keyNotFound }
            return key
        }
    }

    /// Returns the user of a key. Each request reads it again, so a revocation applies at once.
    package func owner(ofHash hash: [UInt8]) async throws -> APIKeyOwner? { try await store.owner(ofHash: hash) }
}
