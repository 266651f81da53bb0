import CashPilot
import Postgres

/// Businesses and their cashiers in PostgreSQL.
package struct PostgresBusinessStore: BusinessStore {
    let database: Database

    package init(database: Database) { self.database = database }

    /// The statement takes 50 ms, so it uses a write connection. Read connections are shared by all reads.
    package func timeZone(named name: String) async throws -> String? {
        try await faulting { () throws(DatabaseError) in
            guard var columns = try await database.list(SQL.timeZoneName, [.text(name)]).first?.reader() else {
                return nil
            }
            return try columns.next(String.self)
        }
    }

    package func create(
        _ draft: BusinessDraft, as id: BusinessID, by actor: ChangeActor, key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> Keyed<Authorized<Business?>>? {
        let parameters: [Value] = [
            .id(id), .actor(actor), .text(draft.name), .text(draft.currency), .text(draft.timeZone),
            .int32(Int32(clamping: draft.dayCutoffMinutes)), .int32(Int32(clamping: draft.staleAfterHours)),
            .int32(Int32(clamping: draft.editWindowHours)), .bool(draft.isActive), .id(audit), .requestID(of: actor),
            .optional(key) { .text($0.text) }, .optional(key) { .bytes($0.fingerprint) },
        ]
        return try await creating(
            key, once: Constraint.businessID, unique: Constraint.businessName, else: .nameTaken
        ) { () throws(DatabaseError) in
            let rows = try await database.write(SQL.businessCreate, parameters)
            guard var columns = rows.first?.reader() else { return nil }
            return try Keyed(reading: &columns) { columns throws(DatabaseError) in try Business(reading: &columns) }
        }
    }

    package func business(_ id: BusinessID, for caller: UserID) async throws -> Authorized<Business?>? {
        try await faulting { () throws(DatabaseError) in
            let rows = try await database.read(SQL.businessShow, [.id(caller), .id(id)])
            guard var columns = rows.first?.reader() else { return nil }
            return Authorized(
                role: try columns.next(), seesBusiness: try columns.next(), value: try Business(reading: &columns))
        }
    }

    package func update(
        _ id: BusinessID, _ change: BusinessChange, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<Business?>? {
        let parameters: [Value] = [
            .actor(actor), .id(id), .optional(change.name, Value.text), .optional(change.currency, Value.text),
            .optional(change.timeZone, Value.text), .optional(change.dayCutoffMinutes),
            .optional(change.staleAfterHours), .optional(change.editWindowHours),
            .optional(change.isActive, Value.bool), .id(audit), .requestID(of: actor),
        ]
        return try await refusing(unique: Constraint.businessName, else: .nameTaken) { () throws(DatabaseError) in
            let rows = try await database.write(SQL.businessUpdate, parameters)
            guard var columns = rows.first?.reader() else { return nil }
            return Authorized(
                role: try columns.next(), seesBusiness: try columns.next(), value: try Business(reading: &columns))
        }
    }

    package func businesses(
        for actor: ChangeActor, after cursor: Cursor<Business>?, limit: Int
    ) async throws -> [Business]? {
        try await faulting { () throws(DatabaseError) in
            try await database.businesses(for: actor.id, after: cursor, limit: limit)
        }
    }

    package func cashiers(
        of business: BusinessID, after cursor: Cursor<User>?, limit: Int, for caller: UserID
    ) async throws -> Authorized<[Assignment]>? {
        try await faulting { () throws(DatabaseError) in
            let rows = try await database.list(
                SQL.cashierList, [.id(caller), .id(business)] + Value.page(after: cursor, limit))
            guard var first = rows.first?.reader() else { return nil }
            let (role, seesBusiness) = (try first.next(Role.self), try first.next(Bool.self))
            var assignments: [Assignment] = []
            for row in rows {
                var columns = row.reader()
                if let assignment = try Assignment(reading: &columns) { assignments.append(assignment) }
            }
            return Authorized(role: role, seesBusiness: seesBusiness, value: assignments)
        }
    }
}

extension Assignment {
    /// Reads a row of `cashier_list.sql`; `nil` if the page is empty.
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        _ = try columns.next(Role.self)
        _ = try columns.next(Bool.self)
        guard let cashier: UserID = try columns.optionalID() else { return nil }
        self.init(
            cashier: cashier, name: try columns.next(), isActive: try columns.next(),
            assignedAt: try columns.instant())
    }
}
