import CashPilot
import Postgres

/// Runs an insert once per Idempotency-Key and once per id.
///
/// A concurrent request with the same key, or an earlier attempt with the same id, may have inserted the row.
/// PostgreSQL then rejects the insert by the constraint of the key, of the id or of the unique name, whichever is
/// checked first. The retry returns the stored response, if there is one.
///
/// - Parameters:
///   - id: the constraint of the id.
///   - constraint: the constraint of the unique name.
///   - refusal: the error to throw if the name is taken.
func creating<Value>(
    _ key: IdempotencyKey?, once id: String, unique constraint: String, else refusal: DomainError,
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
        throw StoreError(error)
    }
}

/// Runs a write that may violate a unique name.
func refusing<Value>(
    unique constraint: String, else refusal: DomainError, _ work: () async throws(DatabaseError) -> Value
) async throws -> Value {
    do {
        return try await work()
    } catch  where error.violates(constraint) {
        throw refusal
    } catch {
        throw StoreError(error)
    }
}
