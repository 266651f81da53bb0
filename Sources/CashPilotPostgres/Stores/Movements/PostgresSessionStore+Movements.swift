import CashPilot
import Postgres

extension PostgresSessionStore: MovementStore {
    package func record(
        _ request: MovementRequest, as id: MovementID, audit: AuditEventID
    ) async throws -> Authorized<RecordAttempt>? {
        do {
            return try await recordOnce(request, as: id, audit: audit)
        } catch  where error.violates(Constraint.movementID) || error.violates(Constraint.reversal) {
            // A concurrent request with the id, or a concurrent reversal, finished. Its movement is visible now.
            return try await withStoreErrors { try await recordOnce(request, as: id, audit: audit) }
        } catch  where error.constraint == Constraint.amountRange {
            throw DomainError.recordedTooMuch
        } catch {
            throw StoreError(error)
        }
    }

    private func recordOnce(
        _ request: MovementRequest, as id: MovementID, audit: AuditEventID
    ) async throws(DatabaseError) -> Authorized<RecordAttempt>? {
        try await database.write(
            SQL.movementRecord, conflictKey: request.conflictKey, request.parameters(id: id, audit: audit)
        ).first { columns throws(DatabaseError) in
            Authorized(
                role: try columns.next(), seesBusiness: try columns.next(),
                value: try RecordAttempt(reading: &columns))
        }
    }

    package func movement(_ id: MovementID, in business: BusinessID) async throws -> Movement? {
        try await withStoreErrors {
            try await database.read(SQL.movementShow, [.id(business), .id(id)]).first(as: Movement.init(reading:))
        }
    }

    package func movements(
        _ query: MovementQuery, of session: SessionID, in business: BusinessID, after cursor: Cursor<Movement>?,
        limit: Int
    ) async throws -> [Movement] {
        try await withStoreErrors {
            try await database.list(
                SQL.movementList,
                [
                    .id(business), .id(session), .optional(query.name) { .text($0.rawValue) },
                    .optional(query.category, Value.text), .optional(query.isLate, Value.bool),
                    .optional(query.isReversed, Value.bool), .optional(cursor) { .id($0.id) }, .int32(Int32(limit)),
                ]
            ).items(as: Movement.init(reading:))
        }
    }

    package func sums(
        of session: SessionID, in business: BusinessID, for caller: Caller
    ) async throws -> Authorized<SummedSession?>? {
        try await withStoreErrors {
            let rows = try await database.list(
                SQL.sessionReconciliation, [.caller(caller), .id(business), .id(session)])
            var (role, seesBusiness): (Role?, Bool) = (nil, false)
            var found: (session: Session, hash: [UInt8]?, instant: Instant)?
            let sums = try rows.items { columns throws(DatabaseError) -> MovementSum? in
                (role, seesBusiness) = (try columns.next(), try columns.next())
                guard let session = try Session(reading: &columns) else { return nil }
                found = (session, try columns.nextOptional(), try columns.instant())
                return try MovementSum(reading: &columns)
            }
            return role.map { role in
                Authorized(
                    role: role, seesBusiness: seesBusiness,
                    value: found.map { found in
                        SummedSession(session: found.session, sums: sums, hash: found.hash, instant: found.instant)
                    })
            }
        }
    }
}
