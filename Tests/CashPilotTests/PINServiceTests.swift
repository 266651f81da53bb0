import Synchronization
import Testing

@testable import CashPilot

/// Ana's PIN at one terminal, which counts its calls.
private final class ScriptedPINs: PINStore, AccountStore, PasswordHasher {
    private let precheck: PINPrecheck?
    let calls = Mutex<[String]>([])

    init(_ precheck: PINPrecheck?) { self.precheck = precheck }

    private func note(_ call: String) { calls.withLock { $0.append(call) } }

    func precheck(_ attempt: PINAttempt) async throws -> PINPrecheck? {
        note("precheck")
        return precheck
    }

    func recordFailure(of user: UserID?, at terminal: BearerHash) async throws {
        note("failure of \(user == nil ? "nobody" : "Ana")")
    }

    func change(
        of caller: Caller, checked: String?, new: String?, audit: AuditEventID
    ) async throws -> Bool? { nil }

    func hash(_ password: String) async throws -> String { password }

    func verify(_ password: String, against hash: String?) async throws -> Bool {
        note("hash against \(hash ?? "nobody's")")
        return password == hash
    }

    func precheck(_ attempt: LoginAttempt) async throws -> LoginPrecheck {
        LoginPrecheck(wait: 0, isKnown: false, account: nil)
    }
    func recordFailure(_ attempt: LoginAttempt, isKnown: Bool) async throws { note("failure of a password") }
    func recordSuccess(_ attempt: LoginAttempt) async throws {}
    func account(email: String) async throws -> Account? { nil }
    func deleteExpiredFailures() async throws -> Int { 0 }
    func account(of caller: Caller) async throws -> CallerAccount? { nil }
    func businesses(for caller: Caller, after cursor: Cursor<Business>?, limit: Int) async throws -> [Business]? { nil }
}

@Suite("A login by PIN")
struct PINServiceTests {
    private static let ana = User(
        id: Example.ana, email: "ana@x.example", name: "Ana", role: .cashier, locale: .spanish)

    private static func precheck(wait: Int = 0, needsPassword: Bool = false, pin: String? = "248163") -> PINPrecheck {
        PINPrecheck(wait: wait, needsPassword: needsPassword, user: ana.id, email: ana.email, pinHash: pin)
    }

    private static let nobody = PINPrecheck(wait: 0, needsPassword: false, user: nil, email: nil, pinHash: nil)

    /// The outcome of a login with a PIN, the calls it made, and its logged results.
    private func logIn(
        _ precheck: PINPrecheck?, pin: String = "248163"
    ) async throws -> (outcome: String, calls: [String], logged: [LoginResult]) {
        let pins = ScriptedPINs(precheck)
        let credentials = ScriptedCredentials(user: Self.ana)
        let gate = PasswordGate(accounts: pins, hasher: pins)
        let logged = Mutex<[LoginResult]>([])
        var outcome = ""
        do {
            let attempt = PINAttempt(
                account: .user(Self.ana.id), terminal: BearerHash([7]), address: "192.0.2.1")
            outcome = try await PINLogin(pins: pins, credentials: credentials, gate: gate, ids: Example.ids)
                .logIn(attempt, pin: pin, login: Example.login) { result, _ in logged.withLock { $0.append(result) } }
                .0.email
            let created = credentials.state.withLock { Array($0.created.values) }
            #expect(created.map { $0.checkedPIN?.hash } == ["248163"])
            #expect(created.map { $0.checkedPIN?.terminal } == [BearerHash([7])])
            #expect(created.map { $0.checkedHash } == [nil])
        } catch {
            outcome = "\(error)"
        }
        return (outcome, pins.calls.withLock { $0 }, logged.withLock { $0 })
    }

    @Test("The right PIN makes a login that names the PIN's hash and the terminal")
    func right() async throws {
        let login = try await logIn(Self.precheck())
        #expect(login.outcome == Self.ana.email)
        #expect(login.calls == ["precheck", "precheck", "hash against 248163"])
        #expect(login.logged == [.success])
    }

    @Test("A wrong PIN, no PIN and an unknown user cost the same: one hash and one failure, and get the same answer")
    func wrong() async throws {
        let wrong = try await logIn(Self.precheck(), pin: "248164")
        let none = try await logIn(Self.precheck(pin: nil))
        let unknown = try await logIn(Self.nobody)
        for login in [wrong, none, unknown] {
            #expect(login.outcome == "invalidCredentials")
            #expect(login.calls.map { $0.split(separator: " ")[0] } == ["precheck", "precheck", "hash", "failure"])
            #expect(login.logged == [.failure])
        }
        #expect(unknown.calls.last == "failure of nobody")
    }

    @Test("While the user waits, or needs the password, not even the right PIN is checked")
    func throttled() async throws {
        let waiting = try await logIn(Self.precheck(wait: 60))
        #expect(waiting.outcome == "tooManyAttempts(seconds: 60)")
        let blocked = try await logIn(Self.precheck(needsPassword: true))
        #expect(blocked.outcome == "pinBlocked")
        for login in [waiting, blocked] {
            #expect(login.calls == ["precheck"])
            #expect(login.logged == [.throttled])
        }
    }

    @Test("The bearer of a terminal that has ended is refused before a hash")
    func ended() async throws {
        let login = try await logIn(nil)
        #expect(login.outcome == "callerInactive")
        #expect(login.calls == ["precheck"] && login.logged.isEmpty)
    }
}
