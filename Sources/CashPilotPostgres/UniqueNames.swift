import CashPilot
import Postgres

/// Runs a write that creates, once for a key.
///
/// If a request with the same key was answered in the same instant, its row is refused here, by the key's constraint or
/// by its own unique name, whichever came first. The second try sees that answer, if there is one.
///
/// - Parameters:
///   - constraint: the unique name that may be taken.
///   - refusal: what is thrown if it is.
func creating<Value>(
    _ key: IdempotencyKey?, unique constraint: String, else refusal: Refusal,
    _ work: () async throws(DatabaseError) -> CreateOutcome<Value>?
) async throws -> CreateOutcome<Value>? {
    do {
        return try await work()
    } catch  where key != nil && (error.violates(Constraint.idempotencyKey) || error.violates(constraint)) {
        return try await refusing(unique: constraint, else: refusal, work)
    } catch  where error.violates(constraint) {
        throw refusal
    } catch {
        throw StoreFault(error)
    }
}

/// Runs a write that may violate a unique name.
func refusing<Value>(
    unique constraint: String, else refusal: Refusal, _ work: () async throws(DatabaseError) -> Value
) async throws -> Value {
    do {
        return try await work()
    } catch  where error.violates(constraint) {
        throw refusal
    } catch {
        throw StoreFault(error)
    }
}
