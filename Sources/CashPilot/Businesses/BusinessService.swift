/// Manages businesses and the cashiers assigned to them.
package struct BusinessService: Sendable {
    let store: any BusinessStore
    let ids: IDMaker

    /// Returns a time zone's name as the zone database spells it; ignores case. `nil` if the zone is unknown.
    package func timeZone(named name: String) async throws -> String? {
        try await store.timeZone(named: name)
    }

    /// Creates a business.
    ///
    /// - Throws: ``DomainError/nameTaken``; ``DomainError/forbidden`` for a cashier.
    package func create(
        _ draft: BusinessDraft, by actor: ChangeActor, key: IdempotencyKey? = nil
    ) async throws -> ChangeResult<Business> {
        let (id, audit): (BusinessID, AuditEventID) = (ids.make(), ids.make())
        return try await OnceOnly(store: store, key: key).create {
            try await store.create(draft, as: id, by: actor, key: key, audit: audit)
        }
    }

    /// Returns one business that the caller sees.
    package func business(_ id: BusinessID, for caller: Caller) async throws -> Business {
        let read = try Authorized.checked(try await store.business(id, for: caller))
        guard let business = read.value else { throw DomainError.businessNotFound }
        return business
    }

    /// Changes a business. Sessions keep the currency, the time zone and the day cutoff from their open.
    ///
    /// - Throws: ``DomainError/nameTaken``; ``DomainError/forbidden`` for a cashier of the business;
    ///   ``DomainError/hasOpenSession(_:)`` if the currency changes, or books are closed, while sessions are not closed;
    ///   ``DomainError/booksClosedTooLate``; ``DomainError/booksClosed`` if another time zone or day cutoff would move
    ///   the current business date into the closed books.
    package func update(_ id: BusinessID, _ change: BusinessChange, by actor: ChangeActor) async throws -> Business {
        let audit: AuditEventID = ids.make()
        return try await OnceOnly(store: store).run {
            let updated = try await store.update(id, change, by: actor, audit: audit)
            switch try Authorized.administered(updated) {
            case .updated(let business): return business
            case .notFound: throw DomainError.businessNotFound
            case .todayInClosedBooks:
                throw change.booksClosedUntil.value == nil ? DomainError.booksClosed : .booksClosedTooLate
            case .held(let sessions, let instant):
                throw held(sessions, by: actor, at: instant, refused: .changeBusiness) ?? .busy
            }
        }
    }

    /// Returns the businesses that the actor sees, newest first.
    package func businesses(
        for actor: ChangeActor, after cursor: Cursor<Business>?, limit: Int
    ) async throws -> Page<Business, Business> {
        guard let found = try await store.businesses(for: actor, after: cursor, limit: limit + 1) else {
            throw DomainError.callerInactive
        }
        return Page(of: found, limit: limit) { Cursor(instant: $0.createdAt, id: $0.id) }
    }

    /// Returns the cashiers assigned to a business, newest assignment first, if the caller sees the business.
    package func cashiers(
        of business: BusinessID, after cursor: Cursor<User>?, limit: Int, for caller: Caller
    ) async throws -> Page<Assignment, User> {
        let read = try Authorized.checked(
            try await store.cashiers(of: business, after: cursor, limit: limit + 1, for: caller))
        return Page(of: read.value, limit: limit) { Cursor(instant: $0.assignedAt, id: $0.cashier) }
    }

    /// Assigns a cashier to a business. Idempotent.
    package func assign(_ cashier: UserID, to business: BusinessID, by actor: ChangeActor) async throws {
        let audit: AuditEventID = ids.make()
        try await OnceOnly(store: store).run {
            let isUser = try await store.assign(cashier, to: business, by: actor, audit: audit)
            guard try Authorized.administered(isUser) else { throw DomainError.userNotFound }
        }
    }

    /// Removes a cashier's assignment. Idempotent.
    ///
    /// - Throws: ``DomainError/hasOpenSession(_:)`` if the cashier has an open session there. Without the assignment,
    ///   the cashier could not close it.
    package func unassign(_ cashier: UserID, from business: BusinessID, by actor: ChangeActor) async throws {
        let audit: AuditEventID = ids.make()
        try await OnceOnly(store: store).run {
            let result = try await store.unassign(cashier, from: business, by: actor, audit: audit)
            switch try Authorized.administered(result) {
            case .removed: return
            case .noUser: throw DomainError.userNotFound
            case .held(let existing, let instant):
                throw held([existing], by: actor, at: instant, refused: .unassign(cashier)) ?? .busy
            }
        }
    }
}

/// The error of a change that `sessions` prevent; `nil` if `sessions` is empty. Only administrators get it.
func held(
    _ sessions: [ExistingSession], by actor: ChangeActor, at instant: Instant, refused: RefusedRequest
) -> DomainError? {
    HeldSessions(
        sessions.map { SessionConflict(with: $0, for: actor.id, role: .admin, at: instant, refused: refused) }
    ).map(DomainError.hasOpenSession)
}

/// Stores businesses and their cashiers.
///
/// - Throws: every method throws ``StoreError`` if the store fails. Unless stated otherwise, `nil` means that the
///   actor's bearer is not valid.
package protocol BusinessStore: ReplicationBarrier {
    /// Returns a time zone's name as the store spells it; `nil` if the zone is unknown.
    func timeZone(named name: String) async throws -> String?
    /// - Throws: ``DomainError/nameTaken``.
    func create(
        _ draft: BusinessDraft, as id: BusinessID, by actor: ChangeActor, key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> Keyed<Authorized<Business?>>?
    func business(_ id: BusinessID, for caller: Caller) async throws -> Authorized<Business?>?
    /// Updates a business, unless sessions that are not closed prevent it. A concurrent open cannot interfere.
    ///
    /// - Throws: ``DomainError/nameTaken``.
    func update(
        _ id: BusinessID, _ change: BusinessChange, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<BusinessUpdateOutcome>?
    /// Returns up to `limit` businesses that the actor sees after `cursor`, newest first.
    func businesses(for actor: ChangeActor, after cursor: Cursor<Business>?, limit: Int) async throws -> [Business]?
    /// Returns up to `limit` cashiers after `cursor`, newest assignment first.
    func cashiers(
        of business: BusinessID, after cursor: Cursor<User>?, limit: Int, for caller: Caller
    ) async throws -> Authorized<[Assignment]>?
    /// Assigns the cashier unless already assigned. The value is false if the user does not exist.
    func assign(
        _ cashier: UserID, to business: BusinessID, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<Bool>?
    /// Removes an assignment unless the cashier has an open session in the business. A concurrent open cannot
    /// interfere.
    func unassign(
        _ cashier: UserID, from business: BusinessID, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<UnassignOutcome>?
}

/// The result of removing an assignment.
package enum UnassignOutcome: Sendable {
    /// The assignment was removed, or never existed.
    case removed
    case noUser
    /// The cashier has this open session. `at` is the database's clock.
    case held(ExistingSession, at: Instant)
}

/// The result of an update of a business.
package enum BusinessUpdateOutcome: Sendable {
    /// The business after the update.
    case updated(Business)
    /// There is no such business, or the caller may not change it.
    case notFound
    /// After the change, the current business date would be in the closed books.
    case todayInClosedBooks
    /// These sessions are not closed, newest first. `at` is the database's clock.
    case held([ExistingSession], at: Instant)
}
