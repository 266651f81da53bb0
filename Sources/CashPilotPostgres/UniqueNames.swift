import CashPilot
import Postgres

/// Runs a write that creates, once for a key and once for an id.
///
/// If a request with the same key was answered in the same instant, or an earlier try under the same id was done in it,
/// the row is refused here: by the key's constraint, by the id's, or by its own unique name, whichever came first. The
/// second try sees that answer, if there is one.
///
/// - Parameters:
///   - id: the constraint of the id.
///   - constraint: the unique name that may be taken.
///   - refusal: what is thrown if it is.
func creating<Value>(
    _ key: IdempotencyKey?, once id: String, unique constraint: String, else refusal: Refusal,
    _ work: () async throws(DatabaseError) -> CreateOutcome<Value>?
) async throws -> CreateOutcome<Value>? {
    do {
        return try await work()
    } catch  where error.violates(id) {
        return try await refusing(unique: constraint, else: refusal, work)
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
