import CashPilot
import Postgres

extension PostgresSessionStore: SessionChangeStore {
    package func transaction<Result: Sendable>(
        on session: SessionID, _ work: @Sendable (any SessionTransaction) async throws -> Result
    ) async throws -> Result? {
        do {
            return try await database.transaction(conflictKey: session.low) { transaction in
                try await work(PostgresSessionTransaction(transaction: transaction))
            }
        } catch let error as DatabaseError {
            guard !error.violates(Constraint.oneOpenSession), !error.violates(Constraint.idempotencyKey) else {
                return nil  // A concurrent transaction won; its row is visible now.
            }
            throw StoreError(error)
        }
    }
}

/// Changes a session in PostgreSQL. It throws the driver's errors; the enclosing transaction translates them.
private struct PostgresSessionTransaction: SessionTransaction {
    let transaction: Transaction

    func lock(
        _ target: ChangeTarget, for operation: Operation, audit: AuditEventID
    ) async throws -> Keyed<LockedSession>? {
        let rows = try await transaction.query(
            SQL.sessionLock,
            [
                .caller(target.caller), .id(target.business), .id(target.session), .text(operation.rawValue),
                .optional(target.key) { .text($0.text) }, .id(audit),
            ])
        return try rows.first { columns throws(DatabaseError) in
            Keyed(
                isKeyFree: try columns.next(), fingerprint: try columns.nextOptional(),
                value: LockedSession(
                    isDone: try columns.next(), instant: try columns.instant(),
                    session: try Authorized(reading: &columns)))
        }
    }

    func lockOpenSessionKey(of cashier: UserID, in business: BusinessID) async throws {
        try await transaction.lockOpenSessionKey(of: cashier, in: business)
        try await transaction.query(SQL.assignmentHold, [.id(business), .id(cashier)])
    }

    func precheck(at cashier: UserID, for target: ChangeTarget) async throws -> OpenPrecheck? {
        let row = try await transaction.lookUp(
            SQL.sessionOpenPrecheck, [.caller(target.caller), .id(target.business), .id(cashier), .text("")])
        guard var columns = row?.reader() else { return nil }
        return try OpenPrecheck(reading: &columns)
    }

    func save(_ session: Session, _ event: ChangeEvent) async throws -> Session {
        try await one(SQL.sessionSave, session.parameters(event))
    }

    func open(
        _ request: HandoverRequest, as id: SessionID, from session: Session, audit: AuditEventID
    ) async throws -> Session.Link {
        let rows = try await transaction.query(
            SQL.sessionHandOver,
            [
                .id(id), .id(request.target.caller.id), .id(request.target.business), .id(request.recipient),
                .optional(request.count.finalCash, Value.money), .optional(session.terminal, Value.text), .id(audit),
                .text(request.target.caller.requestID), .text(session.currency), .id(session.id),
                .int64(session.number), .optional(request.target.caller.clientRequestID, Value.text),
                .caller(request.target.caller),
            ])
        guard let number = try rows.first(as: { columns throws(DatabaseError) in try columns.next(Int64.self) }) else {
            throw Self.noRow(SQL.sessionHandOver)
        }
        return Session.Link(id: id, number: number, by: request.target.caller.id)
    }

    func backdateCheck(_ session: Session) async throws -> BackdateCheck {
        let rows = try await transaction.query(
            SQL.sessionBackdateCheck,
            [
                .id(session.business), .id(session.cashier), .instant(session.openedAt),
                .optional(session.endedAt ?? session.closedAt, Value.instant), .id(session.id),
            ])
        return try BackdateCheck(reading: rows)
    }

    func session(_ id: SessionID, for target: ChangeTarget) async throws -> Session {
        let rows = try await transaction.query(
            SQL.sessionShow, [.caller(target.caller), .id(target.business), .id(id)])
        guard let read = try rows.first(as: Authorized<Session?>.init(reading:)), let session = read.value else {
            throw Self.noRow(SQL.sessionShow)
        }
        return session
    }

    func storeResponse(_ session: Session, role: Role, for target: ChangeTarget, _ operation: Operation) async throws {
        guard let key = target.key else { return }
        try await transaction.query(
            SQL.storedResponseSave,
            [
                .id(target.caller.id), .id(target.business), .id(session.id), .text(operation.rawValue),
                .text(key.text), .bytes(key.fingerprint), .text(role.rawValue), .bool(session.facts.isOverdue),
                .bool(session.facts.isInEditWindow), .optional(session.facts.obstacle) { .text($0.rawValue) },
            ])
    }

    private func one(_ statement: Statement, _ parameters: [Value]) async throws -> Session {
        guard var columns = try await transaction.query(statement, parameters).first?.reader(),
            let session = try Session(reading: &columns)
        else { throw Self.noRow(statement) }
        return session
    }

    private static func noRow(_ statement: Statement) -> DatabaseError {
        DatabaseError(statement: statement.name, reason: .decoding, message: "no row")
    }
}

extension Session {
    /// The parameters in the order of `session_save.sql`.
    fileprivate func parameters(_ event: ChangeEvent) -> [Value] {
        [
            .id(event.caller.id), .id(business), .id(id), .id(cashier), .text(status.rawValue), .money(initialCash),
            .instant(openedAt), .optional(endedAt, Value.instant), .optional(closedAt, Value.instant),
            .optional(closedBy, Value.id), .optional(terminal, Value.text), .optional(notes, Value.text),
        ] + count.parameters + [
            .optional(flag) { .text($0.reason) }, .optional(flag) { .id($0.by) }, .optional(flag) { .instant($0.at) },
            .optional(deletion) { .text($0.reason) }, .optional(deletion) { .id($0.by) },
            .optional(deletion) { .instant($0.at) },
            .id(event.id), .text(event.operation.rawValue), .optional(event.reason, Value.text),
            .text(event.caller.requestID), .optional(handedOverTo) { .id($0.id) },
            .optional(handedOverTo) { .int64($0.number) }, .int32(corrections.times),
            .optional(corrections.atClose) { .money($0.finalCash) },
            .optional(corrections.atClose?.expectedCash, Value.money),
            .optional(event.caller.clientRequestID, Value.text),
        ]
    }
}

extension Transaction {
    /// Locks the open-session key of a cashier in a business until the transaction ends.
    ///
    /// It must run before the statement that reads the open session, and cannot be part of it. A statement's snapshot
    /// is older than its own wait for a lock, so it would not see the rows of the previous lock holder.
    ///
    /// - Throws: ``DatabaseError`` with SQLSTATE 55P03 after the lock timeout.
    func lockOpenSessionKey(of cashier: UserID, in business: BusinessID) async throws(DatabaseError) {
        try await query(SQL.openSessionKeyLock, [.ids([business]), .ids([cashier])])
    }
}
