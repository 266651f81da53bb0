import CashPilot
import Postgres

/// Reads the audit trail in PostgreSQL.
package struct PostgresAuditStore: AuditStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func events(
        _ query: AuditQuery, after cursor: Cursor<AuditEvent>?, limit: Int, for caller: UserID
    ) async throws -> Authorized<[AuditEvent]>? {
        try await faulting { () throws(DatabaseError) in
            let rows = try await database.list(
                SQL.auditEventList,
                [
                    .id(caller), .optional(query.business, Value.id), .optional(query.session, Value.id),
                    .optional(query.actor, Value.id), .optional(query.action, Value.text),
                    .optional(query.occurredFrom, Value.instant), .optional(query.occurredBefore, Value.instant),
                ] + cursor.parameters(limit))
            var role: Role?
            var events: [AuditEvent] = []
            for row in rows {
                var columns = row.reader()
                role = try columns.next(Role.self)
                if let event = try AuditEvent(reading: &columns) { events.append(event) }
            }
            return role.map { Authorized(role: $0, seesBusiness: true, value: events) }
        }
    }

    package func trail(
        of session: SessionID, in business: BusinessID, after cursor: Cursor<AuditEvent>?, limit: Int,
        for caller: UserID
    ) async throws -> Authorized<SessionTrail?>? {
        try await faulting { () throws(DatabaseError) in
            let rows = try await database.list(
                SQL.auditEventListOfSession, [.id(caller), .id(business), .id(session)] + cursor.parameters(limit))
            var viewer: (role: Role, seesBusiness: Bool, cashier: UserID?, isDeleted: Bool)?
            var events: [AuditEvent] = []
            for row in rows {
                var columns = row.reader()
                viewer = (
                    try columns.next(), try columns.next(), try columns.optionalID(), try columns.next()
                )
                if let event = try AuditEvent(reading: &columns) { events.append(event) }
            }
            return viewer.map { viewer in
                let trail = viewer.cashier.map {
                    SessionTrail(cashier: $0, isDeleted: viewer.isDeleted, events: events)
                }
                return Authorized(role: viewer.role, seesBusiness: viewer.seesBusiness, value: trail)
            }
        }
    }

    package func conflicts(
        of cashier: UserID?, in business: BusinessID, after cursor: Cursor<OpenConflict>?, limit: Int,
        for caller: UserID
    ) async throws -> Authorized<[OpenConflict]>? {
        try await faulting { () throws(DatabaseError) in
            let rows = try await database.list(
                SQL.openConflictList,
                [.id(caller), .id(business), .optional(cashier, Value.id)] + cursor.parameters(limit))
            var viewer: (role: Role, seesBusiness: Bool)?
            var conflicts: [OpenConflict] = []
            for row in rows {
                var columns = row.reader()
                viewer = (try columns.next(), try columns.next())
                if let conflict = try OpenConflict(reading: &columns) { conflicts.append(conflict) }
            }
            return viewer.map { Authorized(role: $0.role, seesBusiness: $0.seesBusiness, value: conflicts) }
        }
    }
}

extension Optional {
    /// The cursor and limit of a page: the last three parameters of a list.
    fileprivate func parameters<Entity>(_ limit: Int) -> [Value] where Wrapped == Cursor<Entity> {
        [.optional(self) { .instant($0.instant) }, .optional(self) { .id($0.id) }, .int32(Int32(limit))]
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
            terminal: try columns.nextOptional(), reason: try columns.nextOptional(),
            before: try columns.nextOptional(),
            after: try columns.nextOptional())
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
            cashierName: try columns.nextOptional(),
            caller: try columns.id(), callerName: try columns.nextOptional(), session: try columns.id(),
            sessionNumber: try columns.nextOptional(), minute: try columns.instant(), times: try columns.next(),
            firstAt: try columns.instant(), lastAt: try columns.instant())
    }
}
