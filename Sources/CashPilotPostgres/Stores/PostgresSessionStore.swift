import CashPilot
import Postgres

/// Sessions in PostgreSQL. Each method usually runs one statement of `sql/queries` and awaits nothing else.
///
/// `close` runs its statement again after a duplicate key. While the one-open index is not valid, `open` runs two more
/// statements in a transaction.
package struct PostgresSessionStore: SessionStore {
    let database: Database

    package init(database: Database) { self.database = database }

    package func precheck(_ request: OpenRequest) async throws -> OpenPrecheck? {
        try await withStoreErrors {
            let key: [Value] = [
                .caller(request.caller), .id(request.business), .id(request.cashier), .text(request.key?.text ?? ""),
            ]
            guard var columns = try await database.lookUp(SQL.sessionOpenPrecheck, key)?.reader() else { return nil }
            return try OpenPrecheck(reading: &columns)
        }
    }

    /// The statement inserts only if the one-open index is valid, so the usual case needs no other statement.
    ///
    /// If the index is not valid, a separate statement first locks the open-session key:
    /// docs/decisions/0011-without-the-one-open-index.md. An open in the past also takes that lock, so no concurrent edit
    /// makes two sessions overlap.
    package func open(_ request: OpenRequest, as id: SessionID, audit: AuditEventID) async throws -> OpenOutcome {
        do {
            if request.openedAt == nil {
                let rows = try await database.write(
                    SQL.sessionOpen, conflictKey: request.conflictKey,
                    request.parameters(id: id, audit: audit, isKeyLocked: false))
                if let outcome = try OpenOutcome(reading: rows, isKeyLocked: false) { return outcome }
            }
            return try await database.transaction(conflictKey: request.conflictKey) { transaction in
                try await transaction.lockOpenSessionKey(of: request.cashier, in: request.business)
                let rows = try await transaction.query(
                    SQL.sessionOpen, request.parameters(id: id, audit: audit, isKeyLocked: true))
                return try OpenOutcome(reading: rows, isKeyLocked: true) ?? .checkAgain
            }
        } catch let error as DatabaseError {
            // A concurrent open took the id after this statement had looked for it.
            guard !error.violates(Constraint.externalID) else { return .externalIDTaken }
            let raced = [Constraint.oneOpenSession, Constraint.sessionID, Constraint.idempotencyKey]
            guard raced.contains(where: error.violates) else { throw StoreError(error) }
            // A concurrent open, or an earlier attempt of this one, won. Its session or stored response is visible now.
            return .checkAgain
        }
    }

    package func resume(_ request: OpenRequest, keeping key: IdempotencyKey) async throws -> Authorized<Session?>? {
        do {
            return try await database.write(
                SQL.sessionResume, conflictKey: request.conflictKey,
                [
                    .caller(request.caller), .id(request.business), .id(request.cashier), .text(key.text),
                    .bytes(key.fingerprint),
                ]
            ).first(as: Authorized.init(reading:))
        } catch  where error.violates(Constraint.idempotencyKey) {
            return nil  // A concurrent request with this key finished; its response is visible now.
        } catch {
            throw StoreError(error)
        }
    }

    package func close(_ request: CloseRequest, audit: AuditEventID) async throws -> Keyed<CloseAttempt>? {
        do {
            return try await closeOnce(request, audit: audit)
        } catch  where error.violates(Constraint.idempotencyKey) {
            // A concurrent request with this key finished. Its stored response is visible now.
            return try await withStoreErrors { try await closeOnce(request, audit: audit) }
        } catch {
            throw StoreError(error)
        }
    }

    private func closeOnce(
        _ request: CloseRequest, audit: AuditEventID
    ) async throws(DatabaseError) -> Keyed<CloseAttempt>? {
        try await database.write(
            SQL.sessionClose, conflictKey: request.conflictKey, request.parameters(audit: audit)
        ).first { columns throws(DatabaseError) in
            Keyed(
                isKeyFree: try columns.next(), fingerprint: try columns.nextOptional(),
                value: CloseAttempt(isDone: try columns.next(), session: try Authorized(reading: &columns)))
        }
    }

    package func deleteExpiredResponses() async throws -> Int {
        try await withStoreErrors { try await database.write(SQL.idempotencyKeysPurge).affected }
    }

    package func storedResponse(
        for key: IdempotencyKey, operation: Operation, business: BusinessID, caller: UserID
    ) async throws -> StoredResponse? {
        try await withStoreErrors {
            let rows = try await database.read(
                SQL.storedResponse, [.id(caller), .id(business), .text(operation.rawValue), .text(key.text)])
            guard var columns = rows.first?.reader() else { return nil }
            let fingerprint = try columns.next([UInt8].self)
            let role: Role = try columns.next()
            let isNew = try columns.next(Bool.self)
            return try Session(reading: &columns).map {
                StoredResponse(fingerprint: fingerprint, role: role, isNew: isNew, session: $0)
            }
        }
    }

    package func current(
        of cashier: UserID, in business: BusinessID, for caller: Caller
    ) async throws -> Authorized<Session?>? {
        try await withStoreErrors {
            let row = try await database.lookUp(SQL.sessionCurrent, [.caller(caller), .id(business), .id(cashier)])
            guard var columns = row?.reader() else { return nil }
            return try Authorized(reading: &columns)
        }
    }

    package func session(
        _ id: SessionID, in business: BusinessID, for caller: Caller
    ) async throws -> Authorized<Session?>? {
        try await withStoreErrors {
            try await database.read(SQL.sessionShow, [.caller(caller), .id(business), .id(id)])
                .first(as: Authorized.init(reading:))
        }
    }

    package func list(
        _ query: SessionQuery, in business: BusinessID?, after cursor: Cursor<Session>?, limit: Int,
        for caller: Caller
    ) async throws -> Authorized<[Session]>? {
        let filters = query.bounded.parameters + Value.page(after: cursor, limit)
        return try await withStoreErrors {
            let rows =
                if let externalID = query.externalID {
                    try await database.list(
                        SQL.sessionListExternal,
                        [
                            .caller(caller), .optional(business, Value.id), .text(externalID),
                            .optional(query.terminal, Value.text),
                        ] + filters)
                } else if let terminal = query.terminal {
                    try await database.list(
                        SQL.sessionListTerminal,
                        [.caller(caller), .optional(business, Value.id), .text(terminal)] + filters)
                } else if let business {
                    try await database.list(SQL.sessionList, [.caller(caller), .id(business)] + filters)
                } else {
                    try await database.list(SQL.sessionListEverywhere, [.caller(caller)] + filters)
                }
            guard var caller = rows.first?.reader() else { return nil }
            let (role, seesBusiness) = (try caller.next(Role.self), try caller.next(Bool.self))
            var sessions = try rows.items(from: 2, as: Session.init(reading:))
            // The rows arrive in this order, but SQL guarantees it only with an outer `order by`. PostgreSQL
            // would run that as a second sort.
            sessions.sort { ($0.openedAt, $0.id.high, $0.id.low) > ($1.openedAt, $1.id.high, $1.id.low) }
            return Authorized(role: role, seesBusiness: seesBusiness, value: sessions)
        }
    }

    package func ownSessions(of caller: Caller, areOpen: Bool, limit: Int) async throws -> [Session] {
        try await withStoreErrors {
            try await database.list(SQL.meSessions, [.caller(caller), .bool(areOpen), .int32(Int32(limit))])
                .items(from: 2, as: Session.init(reading:))
        }
    }

    package func backdateCheck(
        _ openedAt: Instant, of cashier: UserID, in business: BusinessID
    ) async throws -> BackdateCheck {
        try await withStoreErrors {
            let rows = try await database.read(
                SQL.sessionBackdateCheck, [.id(business), .id(cashier), .instant(openedAt), .null, .null])
            return try BackdateCheck(reading: rows)
        }
    }

    package func record(_ conflicts: [ConflictCount]) async throws {
        try await withStoreErrors {
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
                    .array(of: .int64, conflicts.map { .int64(Int64($0.resumed)) }),
                    .array(of: .int64, conflicts.map { .optional($0.offered, Value.money) }),
                    .array(of: .text, conflicts.map { .text($0.currency) }),
                    .array(of: .text, conflicts.map { .optional($0.clientRequestID, Value.text) }),
                ])
        }
    }

    package func waitForReplication() async throws { try await database.waitForReplication() }
}
