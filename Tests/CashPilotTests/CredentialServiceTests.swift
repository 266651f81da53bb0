@testable import CashPilot
import Synchronization
import Testing

/// A store of one user's credentials, which loses the outcome of as many changes as a test sets.
final class ScriptedCredentials: CredentialStore {
    struct State {
        var created: [CredentialID: NewCredential] = [:]
        var audits: Set<AuditEventID> = []
        /// The number of commits whose response is lost.
        var lostResponses = 0
        var used: [[CredentialID]] = []
        var isDown = false
    }

    let state: Mutex<State>
    private let user: User
    private let hash: String?

    /// - Parameter hash: the hash of the user's password.
    init(user: User, hash: String? = nil, _ state: State = State()) {
        self.user = user
        self.hash = hash
        self.state = Mutex(state)
    }

    private func credential(_ new: NewCredential) -> Credential {
        Credential(
            id: new.id, user: user.id, email: user.email, kind: new.kind, name: new.name,
            createdAt: Instant(milliseconds: 0), expiresAt: nil, lastUsedAt: nil, revokedAt: nil)
    }

    private func loseResponse(_ state: inout State) throws {
        guard state.lostResponses > 0 else { return }
        state.lostResponses -= 1
        throw StoreError(outcome: .unknown, description: "lost", isTransient: true, mayHaveCommitted: true)
    }

    func create(_ new: NewCredential) async throws -> CreatedCredential? {
        guard new.checkedHash == nil || new.checkedHash == hash else { return nil }
        return try state.withLock { state in
            state.created[new.id] = new
            state.audits.insert(new.audit)
            try loseResponse(&state)
            return CreatedCredential(user: user, credential: credential(new))
        }
    }

    func principal(of bearer: BearerHash) async throws -> Principal? { nil }
    func ended(among bearers: [BearerHash]) async throws -> [BearerHash] { bearers }
    func keys(after cursor: Cursor<Credential>?, limit: Int) async throws -> [Credential] { [] }

    func credentials(
        of user: UserID?, after cursor: Cursor<Credential>?, limit: Int, for caller: Caller
    ) async throws -> Authorized<[Credential]?>? { Authorized(role: .cashier, value: user == nil ? [] : nil) }

    func revoke(
        _ id: CredentialID, of user: UserID?, by actor: ChangeActor, audit: AuditEventID
    ) async throws -> Authorized<Credential?>? { Authorized(role: .cashier, value: nil) }

    func revokeAll(of user: UserID, by actor: ChangeActor, audit: AuditEventID) async throws -> Authorized<Int?>? {
        Authorized(role: .cashier, value: nil)
    }

    func logOut(_ caller: Caller, audit: AuditEventID) async throws -> Authorized<Credential?>? {
        Authorized(role: .cashier, value: nil)
    }

    func used(_ ids: [CredentialID]) async throws {
        try state.withLock { state in
            if state.isDown { throw StoreError(outcome: .notApplied, description: "down", isTransient: true) }
            state.used.append(ids)
        }
    }

    func waitForReplication() async throws {}
}

@Suite("Credentials")
struct CredentialServiceTests {
    private static let ana = User(
        id: Example.ana, email: "ana@x.example", name: "Ana", role: .cashier, locale: .spanish)

    private func service(_ store: ScriptedCredentials) -> CredentialService {
        CredentialService(store: store, ids: Example.ids)
    }

    @Test("A login whose outcome is unknown is retried under the same ids, so it is created once")
    func unknownOutcome() async throws {
        let store = ScriptedCredentials(user: Self.ana, .init(lostResponses: 1))
        let (user, credential) = try await service(store).issueLogin(
            forEmail: Self.ana.email, name: nil, bearer: Example.bearer, lifetime: .seconds(60))
        #expect(user.id == Self.ana.id)
        #expect(store.state.withLock { Array($0.created.keys) } == [credential.id])
        #expect(store.state.withLock { $0.audits.count } == 1)
    }

    @Test("A login is refused if the password changed after it was checked")
    func changedPassword() async throws {
        let store = ScriptedCredentials(user: Self.ana, hash: "new")
        let accounts = AccountService(
            accounts: OneAccount(user: Self.ana), credentials: store, sessions: ScriptedStore(.init()),
            gate: PasswordGate(accounts: OneAccount(user: Self.ana), hasher: OneAccount(user: Self.ana)),
            ids: Example.ids)
        await #expect {
            _ = try await accounts.logIn(
                LoginAttempt(email: Self.ana.email, address: nil), password: "old", login: Example.login)
        } throws: {
            if case DomainError.invalidCredentials = $0 { true } else { false }
        }
        #expect(store.state.withLock { $0.created.isEmpty })
    }

    @Test("An API key cannot log out, and a cashier lists and revokes only their own credentials")
    func rights() async throws {
        let service = service(ScriptedCredentials(user: Self.ana))
        let caller = Example.caller()
        await #expect(throws: DomainError.self) { try await service.logOut(caller) }
        let own = try await service.credentials(of: nil, after: nil, limit: 5, for: caller)
        #expect(own.items.isEmpty)
        for user in [Example.ana, Example.admin] {
            await #expect {
                _ = try await service.credentials(of: user, after: nil, limit: 5, for: caller)
            } throws: {
                if case DomainError.forbidden = $0 { true } else { false }
            }
            await #expect {
                _ = try await service.revoke(Example.ids.make(), by: .user(caller), of: user)
            } throws: {
                if case DomainError.forbidden = $0 { true } else { false }
            }
        }
    }

    @Test("Uses are written once per credential, and a failed write does not stop the next")
    func uses() async throws {
        let store = ScriptedCredentials(user: Self.ana)
        let failures = Mutex(0)
        let uses = CredentialUses(service(store)) { _ in failures.withLock { $0 += 1 } }
        let (one, other): (CredentialID, CredentialID) = (Example.ids.make(), Example.ids.make())
        await uses.flush()
        #expect(store.state.withLock { $0.used.isEmpty })
        for id in [one, other, one] { uses.note(id) }
        await uses.flush()
        #expect(store.state.withLock { $0.used.map(Set.init) } == [[one, other]])
        store.state.withLock { $0.isDown = true }
        uses.note(one)
        await uses.flush()
        #expect(failures.withLock { $0 } == 1)
        store.state.withLock { $0.isDown = false }
        uses.note(other)
        await uses.flush()
        #expect(store.state.withLock { $0.used.last } == [other])
    }
}

/// One account, whose password is `old`.
private struct OneAccount: AccountStore, PasswordHasher {
    let user: User

    func precheck(_ attempt: LoginAttempt) async throws -> LoginPrecheck {
        LoginPrecheck(
            wait: 0, isKnown: false, account: Account(user: user, isActive: true, passwordHash: "old"))
    }

    func recordFailure(_ attempt: LoginAttempt, isKnown: Bool) async throws {}
    func recordSuccess(_ attempt: LoginAttempt) async throws {}
    func account(email: String) async throws -> Account? { nil }
    func deleteExpiredFailures() async throws -> Int { 0 }
    func account(of caller: Caller) async throws -> CallerAccount? { nil }
    func businesses(for caller: Caller, after cursor: Cursor<Business>?, limit: Int) async throws -> [Business]? { nil }
    func hash(_ password: String) async throws -> String { password }
    func verify(_ password: String, against hash: String?) async throws -> Bool { password == hash }
}
