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
///   - taken: the error to throw if the name is taken.
func creating<Value>(
    _ key: IdempotencyKey?, once id: String, unique constraint: String, else taken: DomainError,
    _ work: () async throws(DatabaseError) -> Value
) async throws -> Value {
    do {
        return try await work()
    } catch  where error.violates(id) {
        return try await refusing(unique: constraint, else: taken, work)
    } catch  where key != nil && (error.violates(Constraint.idempotencyKey) || error.violates(constraint)) {
        return try await refusing(unique: constraint, else: taken, work)
    } catch  where error.violates(constraint) {
        throw taken
    } catch {
        throw StoreError(error)
    }
}

/// Runs a write that may violate a unique name.
func refusing<Value>(
    unique constraint: String, else taken: DomainError, _ work: () async throws(DatabaseError) -> Value
) async throws -> Value {
    do {
        return try await work()
    } catch  where error.violates(constraint) {
        throw taken
    } catch {
        throw StoreError(error)
    }
}

extension Keyed {
    /// Reads the first columns of a keyed insert: whether the key was free, the caller's role, and the fingerprint of
    /// the key's first request. The row follows.
    init<Row>(
        reading columns: inout ColumnReader, _ row: (inout ColumnReader) throws(DatabaseError) -> Row?
    ) throws(DatabaseError) where Value == Authorized<Row?> {
        let (isKeyFree, role) = (try columns.next(Bool.self), try columns.next(Role.self))
        let fingerprint = try columns.nextOptional([UInt8].self)
        self.init(
            isKeyFree: isKeyFree, fingerprint: fingerprint, value: Authorized(role: role, value: try row(&columns)))
    }
}
