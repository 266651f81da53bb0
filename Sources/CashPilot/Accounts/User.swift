/// A person with an account.
package struct User: Sendable {
    package let id: UserID
    package let email: String
    package let name: String
    package let role: Role
    package let locale: Locale

    package init(id: UserID, email: String, name: String, role: Role, locale: Locale) {
        self.id = id
        self.email = email
        self.name = name
        self.role = role
        self.locale = locale
    }
}

/// The permissions of a user. No role bypasses the one-open rule.
package enum Role: String, Sendable, CaseIterable {
    /// Acts in every business.
    case admin = "ADMIN"
    /// Acts in assigned businesses, on their own sessions.
    case cashier = "CASHIER"
}

/// The languages of the service.
package enum Locale: String, Sendable, CaseIterable {
    /// Paraguayan Spanish: voseo, 24-hour clock.
    case spanish = "es-PY"
    case english = "en"
}

/// The user that sends a request, the bearer that authenticates it, and the request's ids.
///
/// The role is not included: each statement reads the bearer's credential and its user again, so a revocation applies
/// from the next request.
package struct Caller: Sendable {
    /// The user of the bearer, which never changes.
    package let id: UserID
    /// The hash by which the statements find the caller.
    package let bearer: BearerHash
    /// The service's own id of the request, for the audit trail and the log.
    package let requestID: String
    /// The id that the client gave the request, 1–128 of `A–Z a–z 0–9 . _ -`; `nil` if it gave none.
    package let clientRequestID: String?

    package init(id: UserID, bearer: BearerHash, requestID: String, clientRequestID: String? = nil) {
        self.id = id
        self.bearer = bearer
        self.requestID = requestID
        self.clientRequestID = clientRequestID
    }
}

/// An account with the hash of its password.
package struct Account: Sendable {
    package let user: User
    package let isActive: Bool
    package let passwordHash: String

    package init(user: User, isActive: Bool, passwordHash: String) {
        self.user = user
        self.isActive = isActive
        self.passwordHash = passwordHash
    }
}

/// The user or operator that changes accounts and businesses.
///
/// The command line has no account. It has an administrator's permissions, and the audit trail records no user.
package enum ChangeActor: Sendable {
    case user(Caller)
    case commandLine

    package var id: UserID? { caller?.id }

    /// The caller; `nil` for the command line.
    package var caller: Caller? {
        if case .user(let caller) = self { caller } else { nil }
    }
}

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
