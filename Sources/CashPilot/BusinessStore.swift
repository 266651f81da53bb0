/// Where businesses and their cashiers are changed.
///
/// - Throws: every method throws ``StoreFault`` if the store could not do its work. `nil` is an actor who is no active
///   user, unless it says otherwise.
package protocol BusinessStore: StandbyAwaiting {
    /// The name of a time zone as the store writes it; `nil` if it knows none.
    func timeZone(named name: String) async throws -> String?
    /// - Throws: ``Refusal/nameTaken``.
    func create(
        _ draft: BusinessDraft, as id: BusinessID, by actor: ChangeActor, key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> CreateOutcome<Business>?
    func business(_ id: BusinessID, for caller: UserID) async throws -> Seen<Business?>?
    /// The business as it is now; without one if the caller may not change it.
    ///
    /// - Throws: ``Refusal/nameTaken``.
    func update(
        _ id: BusinessID, _ change: BusinessChange, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Seen<Business?>?
    /// Up to `limit` businesses that the actor sees after `cursor`, newest first.
    func businesses(
        for actor: ChangeActor, after cursor: Cursor<Business>?, limit: Int
    ) async throws -> [Business]?
    /// Up to `limit` cashiers after `cursor`, the newest assignment first.
    func cashiers(
        of business: BusinessID, after cursor: Cursor<User>?, limit: Int, for caller: UserID
    ) async throws -> Seen<[Assignment]>?
    /// Assigns, unless that is so already. The value is whether there is such a user.
    func assign(
        _ cashier: UserID, to business: BusinessID, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Seen<Bool>?
    /// Takes an assignment away, unless the cashier has a session open in the business; no open can come between.
    func unassign(
        _ cashier: UserID, from business: BusinessID, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Seen<UnassignOutcome>?
}

/// What became of a write that takes an assignment away.
package enum UnassignOutcome: Sendable {
    /// It is not there any more, or never was.
    case removed
    /// There is no such user.
    case noUser
    /// The cashier has this session open; its `actions` and `isOwn` are not filled in.
    case blocked(Blocker)
}
