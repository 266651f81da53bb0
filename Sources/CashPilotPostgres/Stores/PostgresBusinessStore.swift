import CashPilot
import Postgres

/// Businesses and their cashiers in PostgreSQL.
package struct PostgresBusinessStore: BusinessStore {
    private let database: Database

    package init(database: Database) { self.database = database }

    /// The statement takes 50 ms, so it uses a list connection. Read connections are shared by all fast reads.
    package func timeZone(named name: String) async throws -> String? {
        try await withStoreErrors {
            try await database.list(SQL.timeZoneName, [.text(name)]).first { columns throws(DatabaseError) in
                try columns.next(String.self)
            }
        }
    }

    package func create(
        _ draft: BusinessDraft, as id: BusinessID, by actor: ChangeActor, key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> Keyed<Authorized<Business?>>? {
        let parameters: [Value] = [
            .actor(actor), .id(id), .text(draft.name), .text(draft.currency), .text(draft.timeZone),
            .int32(Int32(clamping: draft.dayCutoffMinutes)), .int32(Int32(clamping: draft.staleAfterHours)),
            .int32(Int32(clamping: draft.editWindowHours)), .bool(draft.isActive), .id(audit), .requestID(of: actor),
            .optional(key) { .text($0.text) }, .optional(key) { .bytes($0.fingerprint) }, .clientRequestID(of: actor),
            .bool(draft.isBlind),
        ]
        return try await creating(
            key, once: Constraint.businessID, unique: Constraint.businessName, else: .nameTaken
        ) { () throws(DatabaseError) in
            try await database.write(SQL.businessCreate, parameters).first { columns throws(DatabaseError) in
                try Keyed(reading: &columns, Business.init(reading:))
            }
        }
    }

    package func business(_ id: BusinessID, for caller: Caller) async throws -> Authorized<Business?>? {
        try await withStoreErrors {
            try await database.read(SQL.businessShow, [.caller(caller), .id(id)]).first(as: Authorized.init(reading:))
        }
    }

    /// A change of the currency, the closed books or the business date runs in a transaction that first locks the
    /// business, as ``unassign(_:from:by:audit:)`` locks the assignment.
    package func update(
        _ id: BusinessID, _ change: BusinessChange, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<BusinessUpdateOutcome>? {
        let parameters: [Value] = [
            .actor(actor), .id(id), .optional(change.name, Value.text), .optional(change.currency, Value.text),
            .optional(change.timeZone, Value.text), .optional(change.dayCutoffMinutes),
            .optional(change.staleAfterHours), .optional(change.editWindowHours),
            .optional(change.isActive, Value.bool), .id(audit), .requestID(of: actor),
            .bool(change.booksClosedUntil.isReplaced), .optional(change.booksClosedUntil.value, Value.day),
            .clientRequestID(of: actor), .optional(change.isBlind, Value.bool),
        ]
        let isFree = change.currency == nil && change.booksClosedUntil.value == nil && change.timeZone == nil
        do {
            guard !isFree || change.dayCutoffMinutes != nil else {
                return try await database.write(SQL.businessUpdate, parameters).first(as: Authorized.init(reading:))
            }
            return try await database.transaction { transaction in
                let locked = try await transaction.query(SQL.businessLock, [.actor(actor), .id(id)])
                if var columns = locked.first?.reader() {
                    let books = change.booksClosedUntil.applied(to: try columns.optionalDay())
                    if let reason = try await transaction.reasonAgainst(change, of: id, booksClosedUntil: books) {
                        return Authorized(role: .admin, value: reason)
                    }
                }
                return try await transaction.query(SQL.businessUpdate, parameters).first(as: Authorized.init(reading:))
            }
        } catch let error as DatabaseError {
            guard !error.violates(Constraint.businessName) else { throw DomainError.nameTaken }
            throw StoreError(error)
        }
    }

    package func businesses(
        for actor: ChangeActor, after cursor: Cursor<Business>?, limit: Int
    ) async throws -> [Business]? {
        try await withStoreErrors { try await database.businesses(for: actor, after: cursor, limit: limit) }
    }

    package func cashiers(
        of business: BusinessID, after cursor: Cursor<User>?, limit: Int, for caller: Caller
    ) async throws -> Authorized<[Assignment]>? {
        try await withStoreErrors {
            let rows = try await database.list(
                SQL.cashierList, [.caller(caller), .id(business)] + Value.page(after: cursor, limit))
            return try rows.authorizedItems(as: Assignment.init(reading:))
        }
    }

    package func assign(
        _ cashier: UserID, to business: BusinessID, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<Bool>? {
        try await withStoreErrors {
            let rows = try await database.write(
                SQL.cashierAssign,
                [
                    .actor(actor), .id(business), .id(cashier), .id(audit), .requestID(of: actor),
                    .clientRequestID(of: actor),
                ])
            return try rows.first { columns throws(DatabaseError) in
                Authorized(role: try columns.next(), seesBusiness: try columns.next(), value: try columns.next())
            }
        }
    }

    /// The lock is a separate first statement. The second statement then sees the rows of an open that held the lock.
    package func unassign(
        _ cashier: UserID, from business: BusinessID, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<UnassignOutcome>? {
        try await withStoreErrors {
            try await database.transaction { transaction in
                let place: [Value] = [.actor(actor), .id(business), .id(cashier)]
                try await transaction.query(SQL.assignmentLock, place)
                let rows = try await transaction.query(
                    SQL.cashierUnassign, place + [.id(audit), .requestID(of: actor), .clientRequestID(of: actor)])
                guard var columns = rows.first?.reader() else { return nil }
                let (role, seesBusiness) = (try columns.next(Role.self), try columns.next(Bool.self))
                let (isUser, instant) = (try columns.next(Bool.self), try columns.instant())
                let existing = try ExistingSession(reading: &columns)
                return Authorized(
                    role: role, seesBusiness: seesBusiness,
                    value: existing.map { .held($0, at: instant) } ?? (isUser ? .removed : .noUser))
            }
        }
    }

    package func waitForReplication() async throws { try await database.waitForReplication() }
}

extension Assignment {
    /// - Returns: `nil` if the page is empty.
    fileprivate init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let cashier: UserID = try columns.optionalID() else { return nil }
        self.init(
            cashier: cashier, name: try columns.next(), isActive: try columns.next(),
            assignedAt: try columns.instant())
    }
}

extension Business {
    /// Reads the business columns, in the order used by every statement that returns a business.
    ///
    /// - Returns: `nil` if the columns are null because an outer join found no row.
    init?(reading columns: inout ColumnReader) throws(DatabaseError) {
        guard let id: BusinessID = try columns.optionalID() else { return nil }
        self.init(
            id: id, name: try columns.next(), currency: try columns.next(), timeZone: try columns.next(),
            dayCutoffMinutes: Int(try columns.next(Int32.self)), staleAfterHours: Int(try columns.next(Int32.self)),
            editWindowHours: Int(try columns.next(Int32.self)), isActive: try columns.next(),
            booksClosedUntil: try columns.optionalDay(), isBlind: try columns.next(),
            createdAt: try columns.instant())
    }
}

extension Database {
    /// Returns a page of the businesses that an actor sees.
    ///
    /// - Returns: `nil` if the caller's bearer is not valid.
    func businesses(
        for actor: ChangeActor, after cursor: Cursor<Business>?, limit: Int
    ) async throws(DatabaseError) -> [Business]? {
        let rows = try await list(SQL.businessList, [.actor(actor)] + Value.page(after: cursor, limit))
        return rows.isEmpty ? nil : try rows.items(as: Business.init(reading:))
    }
}

extension Transaction {
    /// Returns why a business cannot change now; `nil` if it can.
    fileprivate func reasonAgainst(
        _ change: BusinessChange, of business: BusinessID, booksClosedUntil books: CivilDate?
    ) async throws(DatabaseError) -> BusinessUpdateOutcome? {
        let rows = try await query(
            SQL.businessHeldSessions,
            [
                .id(business), .optional(change.currency, Value.text),
                .optional(books, Value.day), .optional(change.timeZone, Value.text),
                .optional(change.dayCutoffMinutes), .int32(Int32(HeldSessions.sessionsMax)),
            ])
        guard var columns = rows.first?.reader() else { return nil }
        guard try !columns.next(Bool.self) else { return .todayInClosedBooks }
        let instant = try columns.instant()
        let sessions = try rows.items(from: 2, as: ExistingSession.init(reading:))
        return sessions.isEmpty ? nil : .held(sessions, at: instant)
    }
}

extension Authorized<BusinessUpdateOutcome> {
    fileprivate init(reading columns: inout ColumnReader) throws(DatabaseError) {
        let read = try Authorized<Business?>(reading: &columns)
        self.init(
            role: read.role, seesBusiness: read.seesBusiness,
            value: read.value.map(BusinessUpdateOutcome.updated) ?? .notFound)
    }
}

extension Authorized<Business?> {
    fileprivate init(reading columns: inout ColumnReader) throws(DatabaseError) {
        self.init(role: try columns.next(), seesBusiness: try columns.next(), value: try Business(reading: &columns))
    }
}
