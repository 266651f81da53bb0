/// Manages API keys for the command line. Also finds the user of a key for each request.
package struct APIKeyService: Sendable {
    let store: any APIKeyStore
    let ids: IDMaker

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

/// A script's key, which has the permissions of its user. Only its holder knows the key; the store has its SHA-256.
package struct APIKey: Sendable {
    package let id: APIKeyID
    package let user: UserID
    /// The e-mail of the user's account.
    package let email: String
    /// A description for people.
    package let name: String
    package let createdAt: Instant
    /// `nil` means never.
    package let expiresAt: Instant?
    package let revokedAt: Instant?

    package init(
        id: APIKeyID, user: UserID, email: String, name: String, createdAt: Instant, expiresAt: Instant?,
        revokedAt: Instant?
    ) {
        self.id = id
        self.user = user
        self.email = email
        self.name = name
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
    }

    /// The allowed lifetime of a key in days.
    package static let days = 1...3650
}

package typealias APIKeyID = ID<APIKey>

/// The user of an API key, with the user's language.
package struct APIKeyOwner: Sendable {
    package let user: UserID
    package let locale: Locale

    package init(user: UserID, locale: Locale) {
        self.user = user
        self.locale = locale
    }
}
