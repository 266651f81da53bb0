import CashPilot
import Postgres

/// Reads the audit trail in PostgreSQL.
package struct PostgresAuditStore: AuditStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func events(
        _ query: AuditQuery, after cursor: Cursor<AuditEvent>?, limit: Int, for caller: Caller
    ) async throws -> Authorized<[AuditEvent]>? {
        try await withStoreErrors {
            let rows = try await database.list(
                SQL.auditEventList,
                [
                    .caller(caller), .optional(query.business, Value.id), .optional(query.session, Value.id),
                    .optional(query.actor, Value.id), .optional(query.action, Value.text),
                    .optional(query.occurredFrom, Value.instant), .optional(query.occurredBefore, Value.instant),
                ] + Value.page(after: cursor, limit))
            guard var caller = rows.first?.reader() else { return nil }
            return Authorized(role: try caller.next(), value: try rows.items(from: 1, as: AuditEvent.init(reading:)))
        }
    }

    /// Deletes up to 500 conflicts. Their audit events stay.
    ///
    /// - Returns: the number of deleted rows.
    package func deleteConflicts(olderThan days: Int) async throws -> Int {
        try await withStoreErrors { try await database.write(SQL.openConflictsPurge, [.int32(Int32(days))]).affected }
    }

    package func trail(
        of session: SessionID, in business: BusinessID, after cursor: Cursor<AuditEvent>?, limit: Int,
        for caller: Caller
    ) async throws -> Authorized<SessionTrail?>? {
        try await withStoreErrors {
            let rows = try await database.list(
                SQL.auditEventListOfSession,
                [.caller(caller), .id(business), .id(session)] + Value.page(after: cursor, limit))
            guard var caller = rows.first?.reader() else { return nil }
            let (role, seesBusiness) = (try caller.next(Role.self), try caller.next(Bool.self))
            let (cashier, isDeleted): (UserID?, Bool) = (try caller.optionalID(), try caller.next())
            let events = try rows.items(from: 4, as: AuditEvent.init(reading:))
            return Authorized(
                role: role, seesBusiness: seesBusiness,
                value: cashier.map { SessionTrail(cashier: $0, isDeleted: isDeleted, events: events) })
        }
    }

    package func conflicts(
        of cashier: UserID?, in business: BusinessID, after cursor: Cursor<OpenConflict>?, limit: Int,
        for caller: Caller
    ) async throws -> Authorized<[OpenConflict]>? {
        try await withStoreErrors {
            let rows = try await database.list(
                SQL.openConflictList,
                [.caller(caller), .id(business), .optional(cashier, Value.id)] + Value.page(after: cursor, limit))
            return try rows.authorizedItems(as: OpenConflict.init(reading:))
        }
    }
}

extension AuditEvent {
    /// - Returns: `nil` if the columns are null because an outer join found no row.
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let business: BusinessID = try columns.optionalID() else { return nil }
        self.init(
            id: try columns.id(), business: business == .none ? nil : business, occurredAt: try columns.instant(),
            action: try columns.next(), actor: try columns.optionalID(), actorName: try columns.nextOptional(),
            cashier: try columns.optionalID(), session: try columns.optionalID(), requestID: try columns.nextOptional(),
            clientRequestID: try columns.nextOptional(), terminal: try columns.nextOptional(),
            reason: try columns.nextOptional(),
            before: try columns.nextOptional(), after: try columns.nextOptional())
    }
}

extension BusinessID {
    /// The business id of events without a business, because a key column cannot be null.
    fileprivate static var none: BusinessID { BusinessID(high: 0, low: 0) }
}

extension OpenConflict {
    /// - Returns: `nil` if the columns are null because an outer join found no row.
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let business: BusinessID = try columns.optionalID() else { return nil }
        self.init(
            id: try columns.id(), business: business, cashier: try columns.id(),
            cashierName: try columns.nextOptional(), caller: try columns.id(), callerName: try columns.nextOptional(),
            session: try columns.id(), sessionNumber: try columns.nextOptional(), minute: try columns.instant(),
            times: try columns.next(), firstAt: try columns.instant(), lastAt: try columns.instant(),
            resumed: try columns.next(), offered: try columns.optionalMoney(),
            currency: try columns.nextOptional())
    }
}
