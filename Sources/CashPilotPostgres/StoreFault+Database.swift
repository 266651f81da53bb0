import CashPilot
import Postgres

/// Runs a store's work, and turns the driver's errors into the domain's: no layer above knows PostgreSQL.
func faulting<Value>(_ work: () async throws(DatabaseError) -> Value) async throws(StoreFault) -> Value {
    do {
        return try await work()
    } catch {
        throw StoreFault(error)
    }
}

extension StoreFault {
    /// The outcome is the driver's; the description has SQLSTATE and names, never values.
    ///
    /// - Parameter isChange: whether the statement changes anything; losing the answer of one that does not is no loss.
    init(_ error: DatabaseError, ofChange isChange: Bool = true) {
        self.init(
            outcome: isChange && error.outcome == .unknown ? .unknown : .notApplied,
            description: error.description,
            isTransient: error.isUnavailable,
            canBeSettled: error.outcome == .unknown && error.reason == .connectionLost)
    }
}
