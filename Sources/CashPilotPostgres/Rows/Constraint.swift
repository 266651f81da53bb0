/// The constraints and indexes that the service distinguishes. A test fails if `sql/schema.sql` lacks a name.
package enum Constraint {
    /// The one-open index: a cashier has at most one open session in a business.
    package static let oneOpenSession = "uq_cash_sessions_one_open_per_cashier_business"
    /// The migration that builds the one-open index, and repairs it when it runs again.
    package static let oneOpenSessionMigration = "0002"
    /// Rejects a second open with the same id, which an earlier attempt of that open used.
    package static let sessionID = "pk_cash_sessions"
    /// Reject a second account or business with the same id, for the same reason.
    package static let userID = "pk_users"
    package static let businessID = "pk_businesses"
    /// Allows one stored response per key.
    package static let idempotencyKey = "pk_idempotency_keys"
    /// Allows one account per e-mail.
    package static let userEmail = "uq_users_email"
    /// Allows one business per name.
    package static let businessName = "uq_businesses_name"
}
