import CashPilot
import Postgres

/// Assignments of cashiers to businesses.
extension PostgresBusinessStore {
    package func assign(
        _ cashier: UserID, to business: BusinessID, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<Bool>? {
        try await faulting { () throws(DatabaseError) in
            let rows = try await database.write(
                SQL.cashierAssign,
                [.actor(actor), .id(business), .id(cashier), .id(audit), .requestID(of: actor)])
            guard var columns = rows.first?.reader() else { return nil }
            return Authorized(
                role: try columns.next(), seesBusiness: try columns.next(), value: try columns.next())
        }
    }

    /// The lock is a separate first statement. The second statement then sees the rows of an open that held the lock.
    package func unassign(
        _ cashier: UserID, from business: BusinessID, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<UnassignOutcome>? {
        do {
            return try await database.transaction { transaction in
                let place: [Value] = [.actor(actor), .id(business), .id(cashier)]
                try await transaction.query(SQL.assignmentLock, place)
                let rows = try await transaction.query(
                    SQL.cashierUnassign, place + [.id(audit), .requestID(of: actor)])
                guard var columns = rows.first?.reader() else { return nil }
                let (role, seesBusiness) = (try columns.next(Role.self), try columns.next(Bool.self))
                let (isUser, instant) = (try columns.next(Bool.self), try columns.instant())
                let existing = try ExistingSession(reading: &columns, business: business, cashier: cashier)
                return Authorized(
                    role: role, seesBusiness: seesBusiness,
                    value: existing.map { .blocked($0, at: instant) } ?? (isUser ? .removed : .noUser))
            }
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }
}
