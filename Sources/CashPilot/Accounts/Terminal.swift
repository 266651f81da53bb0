/// A till that an administrator registered: a credential of a business, not of a user.
///
/// Its bearer only names the terminal. It reads the cashiers of its business, and lets them log in by PIN.
package struct Terminal: Sendable {
    package let id: CredentialID
    package let business: BusinessID
    /// Unique among the valid terminals of the business, ignoring case.
    package let name: String
    package let createdAt: Instant
    /// The time of the last request, usually at most a minute late; `nil` before the first.
    package let lastUsedAt: Instant?
    /// A terminal that has ended is never valid again.
    package let revokedAt: Instant?

    package init(
        id: CredentialID, business: BusinessID, name: String, createdAt: Instant, lastUsedAt: Instant? = nil,
        revokedAt: Instant? = nil
    ) {
        self.id = id
        self.business = business
        self.name = name
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.revokedAt = revokedAt
    }
}

extension Terminal {
    /// A terminal as a session names it.
    package struct Link: Equatable, Sendable {
        package let id: CredentialID
        package let name: String

        package init(id: CredentialID, name: String) {
            self.id = id
            self.name = name
        }
    }
}

/// A cashier who may log in at a terminal.
package struct TerminalCashier: Sendable {
    package let id: UserID
    package let name: String
    /// True if the cashier has a PIN.
    package let hasPIN: Bool

    package init(id: UserID, name: String, hasPIN: Bool) {
        self.id = id
        self.name = name
        self.hasPIN = hasPIN
    }
}
