import CashPilot
import Postgres

/// The place of a cashier's open session in a business.
struct Slot: Sendable, Hashable {
    let business: BusinessID
    let cashier: UserID
}

extension Transaction {
    /// Keeps everybody else who locks them out of `slots` until the transaction ends.
    ///
    /// The first statement of a transaction that may fill a slot. It cannot be a part of the next: a statement's
    /// snapshot is older than its own wait for a lock, so it would not see what the one before it wrote.
    ///
    /// - Throws: ``DatabaseError`` with SQLSTATE 55P03 after the lock timeout.
    func lockSlots(_ slots: [Slot]) async throws(DatabaseError) {
        try await query(SQL.sessionSlotLock, [.ids(slots.map(\.business)), .ids(slots.map(\.cashier))])
    }
}
