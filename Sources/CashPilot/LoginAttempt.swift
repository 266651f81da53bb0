/// Somebody gives a password: for which account, and from where. Failures are counted for both.
package struct LoginAttempt: Sendable {
    /// As it was typed: there need not be such an account.
    package let email: String
    /// Of the client; `nil` where nobody knows it.
    package let address: String?

    package init(email: String, address: String?) {
        self.email = email
        self.address = address
    }
}

/// What a login begins with.
package struct LoginLook: Sendable {
    /// For how many seconds no password is checked; 0 if one may be.
    package let wait: Int
    /// Whatever the capitals of its address, active or not; `nil` if there is none.
    package let account: Account?

    package init(wait: Int, account: Account?) {
        self.wait = wait
        self.account = account
    }
}
