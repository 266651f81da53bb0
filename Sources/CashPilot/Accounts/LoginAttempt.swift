/// A login with its e-mail and client address. Failures are counted for both.
package struct LoginAttempt: Sendable {
    /// As entered; the account may not exist.
    package let email: String
    /// The client's address; `nil` if unknown.
    package let address: String?

    package init(email: String, address: String?) {
        self.email = email
        self.address = address
    }
}

/// The facts read before a login.
package struct LoginPrecheck: Sendable {
    /// The seconds during which no password is checked; 0 if one may be checked now.
    package let wait: Int
    /// The account with this e-mail in any case, active or inactive; `nil` if there is none.
    package let account: Account?

    package init(wait: Int, account: Account?) {
        self.wait = wait
        self.account = account
    }
}
