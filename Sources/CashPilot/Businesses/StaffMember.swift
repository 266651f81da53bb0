/// An account as administrators see it.
package struct StaffMember: Sendable {
    package let user: User
    /// True if the user can log in. Deactivation applies from the next request.
    package let isActive: Bool
    package let createdAt: Instant

    package init(user: User, isActive: Bool, createdAt: Instant) {
        self.user = user
        self.isActive = isActive
        self.createdAt = createdAt
    }
}

/// The values of a new account, with their format checked.
package struct UserDraft: Sendable {
    package var email: String
    package var name: String
    package var role: Role
    package var locale: Locale
    package var isActive = true
    package var password: String

    package init(email: String, name: String, role: Role, locale: Locale, password: String) {
        self.email = email
        self.name = name
        self.role = role
        self.locale = locale
        self.password = password
    }
}

/// The changes of an account, with their format checked. `nil` leaves a value unchanged.
package struct UserChange: Sendable {
    package var email: String?
    package var name: String?
    package var role: Role?
    package var locale: Locale?
    package var isActive: Bool?
    package var password: String?

    package init() {}
}
