import CashPilot

/// A store without API keys, whose callers are cashiers: actions of administrators are rejected.
extension ScriptedStore: BusinessStore, UserStore, APIKeyStore {
    func timeZone(named name: String) async throws -> String? { name == "America/Asuncion" ? name : nil }

    func create(
        _ draft: BusinessDraft, as id: BusinessID, by actor: ChangeActor, key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> Keyed<Authorized<Business?>>? {
        Keyed(isKeyFree: true, fingerprint: nil, value: Authorized(role: .cashier, value: nil))
    }

    func business(_ id: BusinessID, for caller: UserID) async throws -> Authorized<Business?>? {
        Authorized(role: .cashier, seesBusiness: false, value: nil)
    }

    func update(
        _ id: BusinessID, _ change: BusinessChange, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<BusinessUpdateOutcome>? {
        Authorized(role: .cashier, seesBusiness: id == Sample.business, value: .notFound)
    }

    func businesses(
        for actor: ChangeActor, after cursor: Cursor<Business>?, limit: Int
    ) async throws -> [Business]? {
        try await businesses(for: actor.id ?? Sample.ana, after: cursor, limit: limit)
    }

    func cashiers(
        of business: BusinessID, after cursor: Cursor<User>?, limit: Int, for caller: UserID
    ) async throws -> Authorized<[Assignment]>? {
        Authorized(role: .cashier, seesBusiness: business == Sample.business, value: [])
    }

    func assign(
        _ cashier: UserID, to business: BusinessID, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<Bool>? {
        Authorized(role: .cashier, seesBusiness: business == Sample.business, value: false)
    }

    func unassign(
        _ cashier: UserID, from business: BusinessID, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<UnassignOutcome>? {
        Authorized(role: .cashier, seesBusiness: business == Sample.business, value: .removed)
    }

    func create(
        _ user: User, isActive: Bool, passwordHash: String, by actor: ChangeActor, key: IdempotencyKey?,
        audit: AuditEventID
    ) async throws -> Keyed<Authorized<StaffMember?>>? {
        Keyed(isKeyFree: true, fingerprint: nil, value: Authorized(role: .cashier, value: nil))
    }

    func createPrecheck(
        for caller: UserID, key: IdempotencyKey?
    ) async throws -> Authorized<PasswordPrecheck?>? {
        Authorized(role: .cashier, value: nil)
    }

    func member(_ id: UserID, for caller: UserID) async throws -> Authorized<StaffMember?>? {
        Authorized(role: .cashier, value: nil)
    }

    func members(
        for actor: ChangeActor, after cursor: Cursor<User>?, limit: Int
    ) async throws -> Authorized<[StaffMember]>? {
        Authorized(role: .cashier, value: [])
    }

    func update(
        _ id: UserID, _ change: UserChange, passwordHash: String?, isForced: Bool, by actor: ChangeActor,
        audit: AuditEventID
    ) async throws -> Authorized<UserUpdateOutcome>? {
        Authorized(role: .cashier, value: .notFound)
    }

    func passwordPrecheck(of caller: UserID, key: IdempotencyKey?) async throws -> PasswordPrecheck? {
        PasswordPrecheck(email: "ana@example.com", fingerprint: nil)
    }

    func changePassword(
        of caller: Caller, checked: String, new: String, key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> PasswordOutcome? { .changed }

    func create(
        _ id: APIKeyID, forEmail email: String, name: String, hash: [UInt8], days: Int?, audit: AuditEventID
    ) async throws -> APIKey? { nil }

    func keys(after cursor: Cursor<APIKey>?, limit: Int) async throws -> [APIKey] { [] }
    func revoke(_ id: APIKeyID, audit: AuditEventID) async throws -> APIKey? { nil }
    func owner(ofHash hash: [UInt8]) async throws -> APIKeyOwner? { nil }
}
