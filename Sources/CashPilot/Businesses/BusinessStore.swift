/// Stores businesses and their cashiers.
///
/// - Throws: every method throws ``StoreError`` if the store fails. Unless stated otherwise, `nil` means that the actor
///   is not an active user.
package protocol BusinessStore: ReplicationBarrier {
    /// Returns a time zone's name as the store spells it; `nil` if the zone is unknown.
    func timeZone(named name: String) async throws -> String?
    /// - Throws: ``DomainError/nameTaken``.
    func create(
        _ draft: BusinessDraft, as id: BusinessID, by actor: ChangeActor, key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> Keyed<Authorized<Business?>>?
    func business(_ id: BusinessID, for caller: UserID) async throws -> Authorized<Business?>?
    /// Returns the updated business; the value is `nil` if the caller may not change it.
    ///
    /// - Throws: ``DomainError/nameTaken``.
    func update(
        _ id: BusinessID, _ change: BusinessChange, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<Business?>?
    /// Returns up to `limit` businesses that the actor sees after `cursor`, newest first.
    func businesses(
        for actor: ChangeActor, after cursor: Cursor<Business>?, limit: Int
    ) async throws -> [Business]?
    /// Returns up to `limit` cashiers after `cursor`, newest assignment first.
    func cashiers(
        of business: BusinessID, after cursor: Cursor<User>?, limit: Int, for caller: UserID
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
    /// The user does not exist.
    case noUser
    /// The cashier has this open session. `at` is the database's clock.
    case blocked(ExistingSession, at: Instant)
}
