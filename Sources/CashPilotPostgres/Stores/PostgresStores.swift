import CashPilot
import Postgres

extension Stores {
    /// All stores over one database.
    package init(_ database: Database) {
        self.init(
            sessions: PostgresSessionStore(database: database), accounts: PostgresAccountStore(database: database),
            businesses: PostgresBusinessStore(database: database), users: PostgresUserStore(database: database),
            credentials: PostgresCredentialStore(database: database),
            terminals: PostgresTerminalStore(database: database), pins: PostgresPINStore(database: database),
            audit: PostgresAuditStore(database: database), eventLog: PostgresEventLogStore(database: database),
            preflight: PostgresPreflightStore(database: database))
    }
}

/// Runs a store's work and translates the driver's errors into ``StoreError``. No layer above knows PostgreSQL.
///
/// - Parameter isChange: as for ``StoreError/init(_:ofChange:)``.
func withStoreErrors<Value>(ofChange isChange: Bool = true, _ work: () async throws -> Value) async throws -> Value {
    do {
        return try await work()
    } catch let error as DatabaseError {
        throw StoreError(error, ofChange: isChange)
    }
}

extension StoreError {
    /// Copies the outcome from the driver. The description has SQLSTATE and names, never values.
    ///
    /// - Parameter isChange: false if a lost change does no harm, such as a counted login.
    init(_ error: DatabaseError, ofChange isChange: Bool = true) {
        self.init(
            outcome: isChange && error.outcome == .unknown ? .unknown : .notApplied,
            description: error.description,
            isTransient: error.isUnavailable,
            mayHaveCommitted: error.outcome == .unknown && error.reason == .connectionLost)
    }
}

/// Runs an insert once per Idempotency-Key and once per id.
///
/// A concurrent request with the same key, or an earlier attempt with the same id, may have inserted the row.
/// PostgreSQL then rejects the insert by the constraint of the key, of the id, of the unique name or of the bearer that
/// is derived from the key, whichever is checked first. The retry returns the stored response, if there is one.
///
/// - Parameters:
///   - id: the constraint of the id.
///   - constraint: the constraint of the unique name.
///   - taken: the error to throw if the name is taken.
func creating<Value>(
    _ key: IdempotencyKey?, once id: String, unique constraint: String, else taken: DomainError,
    _ work: () async throws(DatabaseError) -> Value
) async throws -> Value {
    try await refusing(unique: constraint, else: taken) { () throws(DatabaseError) in
        do throws(DatabaseError) {
            return try await work()
        } catch {
            let mayBeOwn = key != nil && (error.violates(Constraint.idempotencyKey) || error.violates(constraint))
            guard mayBeOwn || error.violates(id) || error.violates(Constraint.bearer) else { throw error }
            return try await work()
        }
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

extension Database {
    /// Implements ``ReplicationBarrier/waitForReplication()`` with a separate commit.
    func waitForReplication() async throws(StoreError) {
        do {
            try await write(SQL.replicationBarrier)
        } catch {
            throw StoreError(outcome: .unknown, description: error.description, isTransient: error.isUnavailable)
        }
    }
}

/// The constraints and indexes that the service distinguishes. A test fails if `sql/schema.sql` lacks a name.
package enum Constraint {
    /// The one-open index: a cashier has at most one open session in a business.
    package static let oneOpenSession = "uq_cash_sessions_one_open_per_cashier_business"
    /// The migration that builds the one-open index, and repairs it when it runs again.
    package static let oneOpenSessionMigration = "0002"
    /// Allows one session per external id in a business.
    package static let externalID = "uq_cash_sessions_external_id"
    /// Rejects a second open with the same id, which an earlier attempt of that open used.
    package static let sessionID = "pk_cash_sessions"
    /// Reject a second account, business or credential with the same id, for the same reason.
    package static let userID = "pk_users"
    package static let credentialID = "pk_credentials"
    package static let businessID = "pk_businesses"
    /// Allows one stored response per key.
    package static let idempotencyKey = "pk_idempotency_keys"
    /// Rejects a second movement with the same id, and a second reversal of a movement.
    package static let movementID = "pk_movements"
    package static let reversal = "uq_movements_reversal"
    /// Rejects an amount beyond ``Money/accepted``.
    package static let amountRange = "ck_money_amount_range"
    /// Allows one account per e-mail.
    package static let userEmail = "uq_users_email"
    /// Allows one business per name.
    package static let businessName = "uq_businesses_name"
    /// Allows one valid terminal per name in a business.
    package static let bearer = "uq_credentials_secret_hash"
    package static let terminalName = "uq_credentials_terminal_name"
}
