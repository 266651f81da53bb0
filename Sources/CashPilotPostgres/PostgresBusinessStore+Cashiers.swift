import CashPilot
import Postgres

/// Who works where.
extension PostgresBusinessStore {
    package func assign(
        _ cashier: UserID, to business: BusinessID, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Seen<Bool>? {
        try await faulting { () throws(DatabaseError) in
            let rows = try await database.write(
                SQL.cashierAssign,
                [.actor(actor), .id(business), .id(cashier), .id(audit), .requestID(of: actor)])
            guard var columns = rows.first?.reader() else { return nil }
            return Seen(
                role: try columns.next(), seesBusiness: try columns.next(), value: try columns.next())
        }
    }

    /// The lock comes first, in a statement of its own: what an open that held it has written is seen by the next one.
    package func unassign(
        _ cashier: UserID, from business: BusinessID, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Seen<UnassignOutcome>? {
        do {
            return try await database.transaction { transaction in
                let place: [Value] = [.actor(actor), .id(business), .id(cashier)]
                try await transaction.query(SQL.assignmentLock, place)
                let rows = try await transaction.query(
                    SQL.cashierUnassign, place + [.id(audit), .requestID(of: actor)])
                guard var columns = rows.first?.reader() else { return nil }
                let (role, seesBusiness) = (try columns.next(Role.self), try columns.next(Bool.self))
                let isUser = try columns.next(Bool.self)
                let blocker = try Blocker(reading: &columns, business: business, cashier: cashier)
                return Seen(
                    role: role, seesBusiness: seesBusiness,
                    value: blocker.map(UnassignOutcome.blocked) ?? (isUser ? .removed : .noUser))
            }
        } catch let error as DatabaseError {
            throw StoreFault(error)
        }
    }
}
