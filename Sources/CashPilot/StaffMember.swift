/// Somebody with an account, as administrators see them.
package struct StaffMember: Sendable {
    package let user: User
    /// Whether they can log in. Somebody inactive is refused from the next request on.
    package let isActive: Bool
    package let createdAt: Instant

    package init(user: User, isActive: Bool, createdAt: Instant) {
        self.user = user
        self.isActive = isActive
        self.createdAt = createdAt
    }
}

/// An account to be, checked for form.
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

/// What should change of an account, checked for form; `nil` stays.
package struct UserChange: Sendable {
    package var email: String?
    package var name: String?
    package var role: Role?
    package var locale: Locale?
    package var isActive: Bool?
    package var password: String?

    package init() {}
}
