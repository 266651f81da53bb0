import CashPilot

/// A store whose callers are cashiers: actions of administrators are rejected.
extension ScriptedStore: BusinessStore, UserStore, CredentialStore, PINStore {
    func precheck(_ attempt: PINAttempt) async throws -> PINPrecheck? { nil }

    func recordFailure(of user: UserID?, at terminal: BearerHash) async throws {}

    func change(
        of caller: Caller, checked: String?, new: String?, audit: AuditEventID
    ) async throws -> Bool? { true }

    func timeZone(named name: String) async throws -> String? { name == "America/Asuncion" ? name : nil }

    func create(
        _ draft: BusinessDraft, as id: BusinessID, by actor: ChangeActor, key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> Keyed<Authorized<Business?>>? {
        Keyed(isKeyFree: true, fingerprint: nil, value: Authorized(role: .cashier, value: nil))
    }

    func business(_ id: BusinessID, for caller: Caller) async throws -> Authorized<Business?>? {
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
        guard let caller = actor.caller else { return [] }
        return try await businesses(for: caller, after: cursor, limit: limit)
    }

    func cashiers(
        of business: BusinessID, after cursor: Cursor<User>?, limit: Int, for caller: Caller
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
        for caller: Caller, key: IdempotencyKey?
    ) async throws -> Authorized<PasswordPrecheck?>? {
        Authorized(role: .cashier, value: nil)
    }

    func member(_ id: UserID, for caller: Caller) async throws -> Authorized<StaffMember?>? {
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

    func passwordPrecheck(of caller: Caller, key: IdempotencyKey?) async throws -> PasswordPrecheck? {
        PasswordPrecheck(email: "ana@example.com", fingerprint: nil)
    }

    func changePassword(
        of caller: Caller, checked: String, new: String, key: IdempotencyKey?, audit: AuditEventID
    ) async throws -> PasswordOutcome? { .changed }

    func principal(of bearer: BearerHash) async throws -> Principal? {
        try read { state in
            state.principalReads += 1
            return state.principals[bearer]
        }
    }

    func ended(among bearers: [BearerHash]) async throws -> [BearerHash] {
        try read { state in bearers.filter { state.principals[$0] == nil } }
    }

    func create(_ new: NewCredential) async throws -> CreatedCredential? {
        CreatedCredential(user: Self.ana, credential: Sample.credential(new.kind, name: new.name))
    }

    func keys(after cursor: Cursor<Credential>?, limit: Int) async throws -> [Credential] { [] }

    func credentials(
        of user: UserID?, after cursor: Cursor<Credential>?, limit: Int, for caller: Caller
    ) async throws -> Authorized<[Credential]?>? {
        Authorized(role: .cashier, value: user == nil ? [Sample.credential()] : nil)
    }

    func revoke(
        _ id: CredentialID, of user: UserID?, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<Credential?>? {
        let credential = Sample.credential()
        return Authorized(role: .cashier, value: id == credential.id && user == nil ? credential : nil)
    }

    func revokeAll(of user: UserID, by actor: ChangeActor, audit: AuditEventID) async throws -> Authorized<Int?>? {
        Authorized(role: .cashier, value: nil)
    }

    func logOut(_ caller: Caller, audit: AuditEventID) async throws -> Authorized<Credential?>? {
        Authorized(role: .cashier, value: Sample.credential())
    }

    func used(_ ids: [CredentialID]) async throws {}
}

extension Sample {
    /// A credential of Ana.
    static func credential(_ kind: Credential.Kind = .login, name: String? = "curl/8") -> Credential {
        Credential(
            id: CredentialID(high: 8, low: 8), user: ana, email: "ana@example.com", kind: kind, name: name,
            createdAt: openedAt, expiresAt: nil, lastUsedAt: nil, revokedAt: nil)
    }
}
