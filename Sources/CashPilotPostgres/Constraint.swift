/// The names that the schema gives to the rules which the service tells apart. A name here that `sql/schema.sql`
/// lacks fails a test.
package enum Constraint {
    /// The promise: a cashier has at most one open session in a business.
    package static let oneOpenSession = "uq_cash_sessions_one_open_per_cashier_business"
    /// The migration that builds it, and mends it when it is run again.
    package static let oneOpenSessionMigration = "0002"
    /// A session is opened once: an id that is taken was taken by an earlier try of the same open.
    package static let sessionID = "pk_cash_sessions"
    /// The same of an account and of a business.
    package static let userID = "pk_users"
    package static let businessID = "pk_businesses"
    /// A key is answered once.
    package static let idempotencyKey = "pk_idempotency_keys"
    /// One account an address.
    package static let userEmail = "uq_users_email"
    /// One business a name.
    package static let businessName = "uq_businesses_name"
}
