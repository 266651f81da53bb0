/// What administrators do with businesses and with who works in them.
package struct BusinessService: Sendable {
    private let store: any BusinessStore
    private let ids: IDMaker

    package init(store: any BusinessStore, ids: IDMaker) {
        self.store = store
        self.ids = ids
    }

    /// The name of a time zone as the zone database writes it, whatever its capitals; `nil` if there is none.
    package func timeZone(named name: String) async throws -> String? {
        try await store.timeZone(named: name)
    }

    /// Creates a business.
    ///
    /// - Throws: ``Refusal/nameTaken``; ``Refusal/forbidden`` for a cashier.
    package func create(
        _ draft: BusinessDraft, by actor: ChangeActor, key: IdempotencyKey? = nil
    ) async throws -> Created<Business> {
        let (id, audit): (BusinessID, AuditEventID) = (ids.make(), ids.make())
        let outcome = try await settled(in: store) {
            let outcome = try await store.create(draft, as: id, by: actor, key: key, audit: audit)
            guard let outcome else { throw Refusal.callerInactive }
            try outcome.checkKey()
            return outcome
        }
        return try await outcome.created(for: key, in: store)
    }

    /// One business that the caller sees.
    package func business(_ id: BusinessID, for caller: Caller) async throws -> Business {
        guard let seen = try await store.business(id, for: caller.id) else { throw Refusal.callerInactive }
        guard let business = seen.value else { throw Refusal.businessNotFound }
        return business
    }

    /// Changes a business. Sessions keep the currency and the zone that they were opened with.
    ///
    /// - Throws: ``Refusal/nameTaken``; ``Refusal/forbidden`` for a cashier of the business.
    package func update(
        _ id: BusinessID, _ change: BusinessChange, by actor: ChangeActor
    ) async throws -> Business {
        let audit: AuditEventID = ids.make()
        let seen = try changeable(
            try await settled(in: store) { try await store.update(id, change, by: actor, audit: audit) })
        guard let business = seen.value else { throw Refusal.businessNotFound }
        return business
    }

    /// The businesses that the actor sees, newest first.
    package func businesses(
        for actor: ChangeActor, after cursor: Cursor<Business>?, limit: Int
    ) async throws -> Page<Business, Business> {
        guard let found = try await store.businesses(for: actor, after: cursor, limit: limit + 1) else {
            throw Refusal.callerInactive
        }
        return Page(of: found, limit: limit) { Cursor(instant: $0.createdAt, id: $0.id) }
    }

    /// Who works in a business, the newest assignment first; for those who see it.
    package func cashiers(
        of business: BusinessID, after cursor: Cursor<User>?, limit: Int, for caller: Caller
    ) async throws -> Page<Assignment, User> {
        let seen = try await store.cashiers(of: business, after: cursor, limit: limit + 1, for: caller.id)
        guard let seen else { throw Refusal.callerInactive }
        guard seen.seesBusiness else { throw Refusal.businessNotFound }
        return Page(of: seen.value, limit: limit) { Cursor(instant: $0.assignedAt, id: $0.cashier) }
    }

    /// Lets somebody work in a business; as often as one likes.
    package func assign(_ cashier: UserID, to business: BusinessID, by actor: ChangeActor) async throws {
        let audit: AuditEventID = ids.make()
        let seen = try changeable(
            try await settled(in: store) { try await store.assign(cashier, to: business, by: actor, audit: audit) })
        guard seen.value else { throw Refusal.userNotFound }
    }

    /// Ends that somebody works in a business, whether they did or not.
    ///
    /// - Throws: ``Refusal/hasOpenSession(_:)`` if they have a session open there: nobody could close it as its cashier.
    package func unassign(_ cashier: UserID, from business: BusinessID, by actor: ChangeActor) async throws {
        let audit: AuditEventID = ids.make()
        let seen = try changeable(
            try await settled(in: store) { try await store.unassign(cashier, from: business, by: actor, audit: audit) })
        switch seen.value {
        case .removed: return
        case .noUser: throw Refusal.userNotFound
        case .blocked(var blocker):
            blocker.isOwn = blocker.cashier == actor.id
            blocker.actions = Blocker.actions(for: seen.role, isOwn: blocker.isOwn, status: blocker.status)
            throw Refusal.hasOpenSession(blocker)
        }
    }

    /// What was seen, if the actor may change it.
    private func changeable<Value>(_ seen: Seen<Value>?) throws(Refusal) -> Seen<Value> {
        guard let seen else { throw .callerInactive }
        guard seen.seesBusiness else { throw .businessNotFound }
        guard seen.role == .admin else { throw .forbidden }
        return seen
    }
}
