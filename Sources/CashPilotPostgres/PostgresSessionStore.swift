import CashPilot
import Postgres

/// Sessions in PostgreSQL: one statement of `sql/queries` for each method, and nothing awaited around it;
/// two in a transaction to open where the guard does not stand.
package struct PostgresSessionStore: SessionStore {
    let database: Database

    package init(database: Database) { self.database = database }

    package func look(_ order: OpenOrder) async throws -> OpenLook? {
        try await faulting { () throws(DatabaseError) in
            let key: [Value] = [
                .id(order.caller.id), .id(order.business), .id(order.cashier), .text(order.key?.text ?? ""),
            ]
            guard var columns = try await database.lookUp(SQL.sessionOpenLook, key)?.reader() else { return nil }
            return try OpenLook(reading: &columns, business: order.business, cashier: order.cashier)
        }
    }

    /// The guard is asked for in the statement itself, so the usual way costs no more. Where it does not stand, the slot
    /// is locked first, in a statement of its own: docs/decisions/0011-without-the-guard.md.
    package func open(_ order: OpenOrder, as id: SessionID, audit: AuditEventID) async throws -> OpenOutcome {
        do {
            let rows = try await database.write(
                SQL.sessionOpen, lane: order.lane, order.parameters(id: id, audit: audit, holdsSlot: false))
            if let outcome = try OpenOutcome(reading: rows, holdsSlot: false) { return outcome }
            return try await database.transaction(lane: order.lane) { transaction in
                try await transaction.lockSlots([Slot(business: order.business, cashier: order.cashier)])
                let rows = try await transaction.query(
                    SQL.sessionOpen, order.parameters(id: id, audit: audit, holdsSlot: true))
                return try OpenOutcome(reading: rows, holdsSlot: true) ?? .lookAgain
            }
        } catch let error as DatabaseError {
            let raced = [Constraint.oneOpenSession, Constraint.sessionID, Constraint.idempotencyKey]
            guard raced.contains(where: error.violates) else { throw StoreFault(error) }
            // Another, or an earlier try of this one, won in the same instant; its session, or its answer, is there now.
            return .lookAgain
        }
    }

    package func resume(_ order: OpenOrder, keeping key: IdempotencyKey) async throws -> Seen<Session?>? {
        do {
            let rows = try await database.write(
                SQL.sessionResume, lane: order.lane,
                [
                    .id(order.caller.id), .id(order.business), .id(order.cashier), .text(key.text),
                    .bytes(key.fingerprint),
                ])
            guard var columns = rows.first?.reader() else { return nil }
            return try Seen(reading: &columns)
        } catch  where error.violates(Constraint.idempotencyKey) {
            return nil  // A request with this key was answered in the same instant; its answer is there to see now.
        } catch {
            throw StoreFault(error)
        }
    }

    package func close(_ order: CloseOrder, audit: AuditEventID) async throws -> CloseOutcome? {
        do {
            return try await closeOnce(order, audit: audit)
        } catch  where error.violates(Constraint.idempotencyKey) {
            // A request with this key was answered in the same instant; now its answer is seen.
            return try await faulting { () throws(DatabaseError) in try await closeOnce(order, audit: audit) }
        } catch {
            throw StoreFault(error)
        }
    }

    private func closeOnce(
        _ order: CloseOrder, audit: AuditEventID
    ) async throws(DatabaseError) -> CloseOutcome? {
        let rows = try await database.write(SQL.sessionClose, lane: order.lane, order.parameters(audit: audit))
        guard var columns = rows.first?.reader() else { return nil }
        return CloseOutcome(
            isKeyFree: try columns.next(),
            fingerprint: try columns.nextOptional(),
            isClosedNow: try columns.next(),
            seen: try Seen(reading: &columns))
    }

    package func forgetKeptAnswers() async throws -> Int {
        try await faulting { () throws(DatabaseError) in
            try await database.write(SQL.idempotencyKeysPurge).affected
        }
    }

    package func answerKept(
        for key: IdempotencyKey, operation: Operation, business: BusinessID, caller: UserID
    ) async throws -> KeptAnswer? {
        try await faulting { () throws(DatabaseError) in
            let rows = try await database.read(
                SQL.sessionAnswerKept, [.id(caller), .id(business), .text(operation.rawValue), .text(key.text)])
            guard var columns = rows.first?.reader() else { return nil }
            let fingerprint = try columns.next([UInt8].self)
            let role: Role = try columns.next()
            let isNew = try columns.next(Bool.self)
            return try Session(reading: &columns).map {
                KeptAnswer(fingerprint: fingerprint, role: role, isNew: isNew, session: $0)
            }
        }
    }

    package func current(
        of cashier: UserID, in business: BusinessID, for caller: UserID
    ) async throws -> Seen<Session?>? {
        try await faulting { () throws(DatabaseError) in
            let row = try await database.lookUp(SQL.sessionCurrent, [.id(caller), .id(business), .id(cashier)])
            guard var columns = row?.reader() else { return nil }
            return try Seen(reading: &columns)
        }
    }

    package func session(
        _ id: SessionID, in business: BusinessID, for caller: UserID
    ) async throws -> Seen<Session?>? {
        try await faulting { () throws(DatabaseError) in
            let rows = try await database.read(SQL.sessionShow, [.id(caller), .id(business), .id(id)])
            guard var columns = rows.first?.reader() else { return nil }
            return try Seen(reading: &columns)
        }
    }

    package func list(
        _ query: SessionQuery, in business: BusinessID?, after cursor: Cursor<Session>?, limit: Int,
        for caller: UserID
    ) async throws -> Seen<[Session]>? {
        let filters =
            query.bounded.parameters + [
                .optional(cursor) { .instant($0.instant) }, .optional(cursor) { .id($0.id) }, .int32(Int32(limit)),
            ]
        return try await faulting { () throws(DatabaseError) in
            let rows =
                if let business {
                    try await database.list(SQL.sessionList, [.id(caller), .id(business)] + filters)
                } else {
                    try await database.list(SQL.sessionListEverywhere, [.id(caller)] + filters)
                }
            guard var caller = rows.first?.reader() else { return nil }
            let (role, seesBusiness) = (try caller.next(Role.self), try caller.next(Bool.self))
            var sessions: [Session] = []
            sessions.reserveCapacity(rows.count)
            for row in rows {
                var columns = row.reader(from: 2)
                if let session = try Session(reading: &columns) { sessions.append(session) }
            }
            // They come in this order. But SQL does not promise it without an `order by` at the end, which PostgreSQL
            // would carry out by sorting what is sorted.
            sessions.sort { ($0.openedAt, $0.id.high, $0.id.low) > ($1.openedAt, $1.id.high, $1.id.low) }
            return Seen(role: role, seesBusiness: seesBusiness, value: sessions)
        }
    }

    package func openSessions(of caller: UserID, limit: Int) async throws -> [Session] {
        try await faulting { () throws(DatabaseError) in
            var sessions: [Session] = []
            for row in try await database.list(SQL.meOpenSessions, [.id(caller), .int32(Int32(limit))]) {
                var columns = row.reader()
                if let session = try Seen<Session?>(reading: &columns).value { sessions.append(session) }
            }
            return sessions
        }
    }

    package func record(_ conflicts: [ConflictCount]) async throws {
        try await faulting { () throws(DatabaseError) in
            _ = try await database.write(
                SQL.openConflictsRecord,
                [
                    .ids(conflicts.map(\.key.business)), .ids(conflicts.map(\.key.cashier)),
                    .ids(conflicts.map(\.key.session)), .ids(conflicts.map(\.key.caller)),
                    .array(of: .int64, conflicts.map { .int64(Int64($0.times)) }),
                    .array(of: .timestamp, conflicts.map { .instant($0.first) }),
                    .array(of: .timestamp, conflicts.map { .instant($0.last) }),
                    .ids(conflicts.map(\.event)),
                    .array(of: .text, conflicts.map { .text($0.requestID) }),
                ])
        }
    }
}
