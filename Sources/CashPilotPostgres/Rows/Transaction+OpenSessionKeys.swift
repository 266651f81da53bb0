import CashPilot
import Postgres

/// A cashier in a business: the key of the one-open rule.
struct OpenSessionKey: Sendable, Hashable {
    let business: BusinessID
    let cashier: UserID
}

extension Transaction {
    /// Locks open-session keys until the transaction ends.
    ///
    /// It must be the first statement of a transaction that may open a session. It cannot be part of the next
    /// statement. A statement's snapshot is older than its own wait for a lock, so it would not see the rows of the
    /// previous lock holder.
    ///
    /// - Throws: ``DatabaseError`` with SQLSTATE 55P03 after the lock timeout.
    func lockOpenSessionKeys(_ openSessionKeys: [OpenSessionKey]) async throws(DatabaseError) {
        try await query(
            SQL.openSessionKeyLock, [.ids(openSessionKeys.map(\.business)), .ids(openSessionKeys.map(\.cashier))])
    }
}
