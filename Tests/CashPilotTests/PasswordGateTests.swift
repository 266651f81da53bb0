import Synchronization
import Testing

@testable import CashPilot

/// Counts what is asked of it, and answers as it was told.
private final class ScriptedAccounts: AccountStore, PasswordHasher {
    struct Busy: Error {}

    struct State {
        var account: Account?
        var waitSeen = 0
        /// The wait that later prechecks return.
        var waitLater = 0
        var isKnown = false
        var isBusy = false
        var calls: [String] = []
    }

    let state: Mutex<State>

    init(_ state: State) { self.state = Mutex(state) }

    private func note(_ call: String) { state.withLock { $0.calls.append(call) } }

    func precheck(_ attempt: LoginAttempt) async throws -> LoginPrecheck {
        note("look")
        return state.withLock { state in
            defer { state.waitSeen = max(state.waitSeen, state.waitLater) }
            return LoginPrecheck(wait: state.waitSeen, isKnown: state.isKnown, account: state.account)
        }
    }

    func recordFailure(_ attempt: LoginAttempt, isKnown: Bool) async throws {
        note("failure \(attempt.email) \(isKnown ? "known" : "unknown")")
    }

    func recordSuccess(_ attempt: LoginAttempt) async throws { note("success \(attempt.email)") }
    func account(email: String) async throws -> Account? { nil }
    func deleteExpiredFailures() async throws -> Int { 0 }
    func account(of caller: Caller) async throws -> CallerAccount? { nil }
    func businesses(for caller: Caller, after cursor: Cursor<Business>?, limit: Int) async throws -> [Business]? { nil }

    func hash(_ password: String) async throws -> String { password }

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
        let credentials = ScriptedCredentials(user: Self.ana, hash: state.account?.passwordHash)
        let service = AccountService(
            accounts: accounts, credentials: credentials, sessions: ScriptedStore(.init()),
            gate: PasswordGate(accounts: accounts, hasher: accounts), ids: Example.ids)
        var answer = ""
        do {
            let attempt = LoginAttempt(email: "ana", address: "::1")
            answer = try await service.logIn(attempt, password: password, login: Example.login).0.email
        } catch {
            answer = "\(error)"
        }
        return (answer, accounts.state.withLock { $0.calls })
    }

    private static func account(isActive: Bool = true) -> Account {
        Account(user: ana, isActive: isActive, passwordHash: "right")
    }

    @Test("Once, and a right password counts as a success only after its hash")
    func right() async throws {
        let (answer, calls) = try await logIn(.init(account: Self.account()))
        #expect(answer == Self.ana.email)
        #expect(calls == ["look", "hash against right", "success ana"])
    }

    @Test("A wrong password, an unknown account and an inactive one cost the same: one hash and one counted failure")
    func wrong() async throws {
        let wrong = try await logIn(.init(account: Self.account()), password: "wrong")
        let unknown = try await logIn(.init(account: nil))
        let inactive = try await logIn(.init(account: Self.account(isActive: false)))
        for (answer, calls) in [wrong, unknown, inactive] {
            #expect(answer == "invalidCredentials")
            #expect(calls.map { $0.split(separator: " ")[0] } == ["look", "hash", "failure"])
            #expect(calls.last == "failure ana unknown")
        }
        #expect(unknown.calls[1] == "hash against nobody's")
    }

    @Test("A failure from a known address is counted as one of a known address")
    func known() async throws {
        let (_, calls) = try await logIn(.init(account: Self.account(), isKnown: true), password: "wrong")
        #expect(calls.last == "failure ana known")
    }

    @Test("A throttled attempt costs one read, and no hash and no write")
    func throttled() async throws {
        for account in [Self.account(), nil] {
            let seen = try await logIn(.init(account: account, waitSeen: 8))
            #expect(seen.answer == "tooManyAttempts(seconds: 8)")
            #expect(seen.calls == ["look"])
        }
    }

    @Test("An attempt that could not be checked counts neither as a failure nor as a success")
    func busy() async throws {
        let (answer, calls) = try await logIn(.init(account: Self.account(), isBusy: true))
        #expect(answer == "Busy()")
        #expect(calls == ["look"])
    }

    @Test("An attempt that waited for another one of its account is checked against the failures counted meanwhile")
    func waited() async throws {
        let accounts = ScriptedAccounts(.init(account: Self.account(), waitLater: 4))
        let gate = PasswordGate(accounts: accounts, hasher: accounts)
        let turnstile = Turnstile()
        async let first: Void = gate.queue.run(.init(kind: .login, account: "account/ana", address: nil)) { _ in
            await turnstile.pass()
        }
        await turnstile.untilSomebodyWaits()
        async let second = gate.check(LoginAttempt(email: "ana", address: "::1"), "right")
        while gate.queue.waitingCount == 0 { await Task.yield() }
        await turnstile.open()
        try await first
        guard case .throttled(4, _) = try await second else {
            Issue.record("the attempt was not throttled")
            return
        }
        #expect(accounts.state.withLock { $0.calls } == ["look", "look"])
    }
}
