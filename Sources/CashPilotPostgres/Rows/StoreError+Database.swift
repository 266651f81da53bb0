import CashPilot
import Postgres

/// Runs a store's work and translates the driver's errors into ``StoreError``. No layer above knows PostgreSQL.
func faulting<Value>(_ work: () async throws(DatabaseError) -> Value) async throws(StoreError) -> Value {
    do {
        return try await work()
    } catch {
        throw StoreError(error)
    }
}

extension StoreError {
    /// Copies the outcome from the driver. The description has SQLSTATE and names, never values.
    ///
    /// - Parameter isChange: whether the statement changes data. A read whose response was lost changed nothing.
    init(_ error: DatabaseError, ofChange isChange: Bool = true) {
        self.init(
            outcome: isChange && error.outcome == .unknown ? .unknown : .notApplied,
            description: error.description,
            isTransient: error.isUnavailable,
            mayHaveCommitted: error.outcome == .unknown && error.reason == .connectionLost)
    }
}
