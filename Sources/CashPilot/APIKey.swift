/// A key for a script: it stands for a user, and may do what they may. The key itself is known to nobody but its
/// holder; the store has its SHA-256.
package struct APIKey: Sendable {
    package let id: APIKeyID
    package let user: UserID
    /// The address of the user's account.
    package let email: String
    /// What it is for, in people's words.
    package let name: String
    package let createdAt: Instant
    /// `nil` is never.
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

    /// For how many days a key may be made to hold.
    package static let days = 1...3650
}

package typealias APIKeyID = ID<APIKey>

/// Whom a key speaks for, and the language they like.
package struct APIKeyOwner: Sendable {
    package let user: UserID
    package let locale: Locale

    package init(user: UserID, locale: Locale) {
        self.user = user
        self.locale = locale
    }
}
