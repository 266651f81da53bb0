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
