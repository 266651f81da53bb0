import CashPilot
import Synchronization
import Testing

/// Counts what is asked of it, and answers as it was told.
private final class ScriptedAccounts: AccountStore, PasswordHasher {
    struct Busy: Error {}

    struct State {
        var account: Account?
        var waitSeen = 0
        var waitDecided = 0
        var isBusy = false
        var calls: [String] = []
    }

    let state: Mutex<State>

    init(_ state: State) { self.state = Mutex(state) }

    private func note(_ call: String) { state.withLock { $0.calls.append(call) } }

    func precheck(_ attempt: LoginAttempt) async throws -> LoginPrecheck {
        note("look")
        return state.withLock { LoginPrecheck(wait: $0.waitSeen, account: $0.account) }
    }

    func admit(_ attempt: LoginAttempt) async throws -> Int {
        note("admit \(attempt.email) \(attempt.address ?? "")")
        return state.withLock { $0.waitDecided }
    }

    func clearFailures(_ attempt: LoginAttempt, isRight: Bool) async throws { note(isRight ? "clear" : "take back") }
    func account(email: String) async throws -> Account? { nil }
    func deleteExpiredFailures() async throws -> Int { 0 }
    func user(_ id: UserID) async throws -> User? { nil }
    func businesses(for caller: UserID, after cursor: Cursor<Business>?, limit: Int) async throws -> [Business]? { nil }

    func hash(_ password: String) async throws -> String { password }
    func fingerprint(_ bytes: [UInt8], salt: [UInt8]) async throws -> [UInt8] { bytes }

    func verify(_ password: String, against hash: String?) async throws -> Bool {
        if state.withLock({ $0.isBusy }) { throw Busy() }
        note("hash against \(hash ?? "nobody's")")
        return password == hash
    }
}

@Suite("A password is checked")
struct PasswordGateTests {
    private static let ana = User(
        id: Example.ana, email: "ana@x.example", name: "Ana", role: .cashier, locale: .spanish)

    /// What a login answered, and all that it asked for.
    private func logIn(
        _ state: ScriptedAccounts.State, password: String = "right"
    ) async throws -> (answer: String, calls: [String]) {
        let accounts = ScriptedAccounts(state)
        let service = AccountService(accounts: accounts, sessions: ScriptedStore(.init()), hasher: accounts)
        var answer = ""
        do {
            answer = try await service.logIn(LoginAttempt(email: "ana", address: "::1"), password: password).email
        } catch {
            answer = "\(error)"
        }
        return (answer, accounts.state.withLock { $0.calls })
    }

    private static func account(isActive: Bool = true) -> Account {
        Account(user: ana, isActive: isActive, passwordHash: "right")
    }

    @Test("Once, after it was counted; the right one clears what was counted")
    func right() async throws {
        let (answer, calls) = try await logIn(.init(account: Self.account()))
        #expect(answer == Self.ana.email)
        #expect(calls == ["look", "admit ana ::1", "hash against right", "clear"])
    }

    @Test("A wrong password, an unknown account and an inactive one cost the same: one hash, and it stays counted")
    func wrong() async throws {
        let wrong = try await logIn(.init(account: Self.account()), password: "wrong")
        let unknown = try await logIn(.init(account: nil))
        let inactive = try await logIn(.init(account: Self.account(isActive: false)))
        for (answer, calls) in [wrong, unknown, inactive] {
            #expect(answer == "invalidCredentials")
            #expect(calls.map { $0.split(separator: " ")[0] } == ["look", "admit", "hash"])
        }
        #expect(unknown.calls.last == "hash against nobody's")
    }

    @Test("Too soon, no hash is made: seen in time, nothing is written either")
    func throttled() async throws {
        for account in [Self.account(), nil] {
            let seen = try await logIn(.init(account: account, waitSeen: 8))
            #expect(seen.answer == "tooManyAttempts(seconds: 8)")
            #expect(seen.calls == ["look"])
            let decided = try await logIn(.init(account: account, waitDecided: 2))
            #expect(decided.answer == "tooManyAttempts(seconds: 2)")
            #expect(decided.calls == ["look", "admit ana ::1"])
        }
    }

    @Test("An attempt that could not be checked is taken back, and is no success")
    func busy() async throws {
        let (answer, calls) = try await logIn(.init(account: Self.account(), isBusy: true))
        #expect(answer == "Busy()")
        #expect(calls == ["look", "admit ana ::1", "take back"])
    }
}
