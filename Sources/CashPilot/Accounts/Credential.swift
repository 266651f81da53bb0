/// A login, an API key or a terminal. Only its holder knows the bearer; the store has the bearer's SHA-256.
package struct Credential: Sendable {
    /// The use of a credential.
    package enum Kind: String, Sendable, CaseIterable {
        /// A person's login, after a password.
        case login = "LOGIN"
        /// A script's key. It may do what its user may, but nothing that needs a recent login.
        case apiKey = "API_KEY"
        /// A till's own bearer: ``Terminal``. It has no user, so it is no caller.
        case terminal = "TERMINAL"
    }

    package let id: CredentialID
    package let user: UserID
    /// The e-mail of the user's account.
    package let email: String
    package let kind: Kind
    /// A description for people: the purpose of a key, or the client that logged in.
    package let name: String?
    package let createdAt: Instant
    /// `nil` means never.
    package let expiresAt: Instant?
    /// The time of the last request, usually at most a minute late; `nil` before the first.
    package let lastUsedAt: Instant?
    /// A revoked credential is never valid again.
    package let revokedAt: Instant?

    package init(
        id: CredentialID, user: UserID, email: String, kind: Kind, name: String?, createdAt: Instant,
        expiresAt: Instant?, lastUsedAt: Instant?, revokedAt: Instant?
    ) {
        self.id = id
        self.user = user
        self.email = email
        self.kind = kind
        self.name = name
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
        self.revokedAt = revokedAt
    }
}

extension Credential {
    /// The allowed lifetime of an API key in days.
    package static let keyDays = 1...3650
    /// The maximum length of a name in characters.
    package static let nameMax = 200
}

package typealias CredentialID = ID<Credential>

/// The SHA-256 of a bearer, by which the database finds its credential.
package struct BearerHash: Hashable, Sendable {
    /// 32 bytes.
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
}

/// The facts known of a bearer before a statement reads it again: those that never change, and the user's language.
///
/// It decides nothing. Each statement checks the credential, the user and the user's role itself.
package struct Principal: Sendable, Equatable {
    package let credential: CredentialID
    package let user: UserID
    package let kind: Credential.Kind
    /// The user's language when the credential was read.
    package let locale: Locale

    package init(credential: CredentialID, user: UserID, kind: Credential.Kind, locale: Locale) {
        self.credential = credential
        self.user = user
        self.kind = kind
        self.locale = locale
    }
}
