import CashPilot
import Glibc
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

@testable import CashPilotHTTP
@testable import HTTPServer
@testable import Telemetry

/// The API over a store with scripted results. Requests are handled in process.
struct APIFixture {
    let api: API
    let metrics: APIMetrics
    let store = ScriptedStore()
    static let bearer = Bearer(.login, random: { 7 })

    /// - Parameters:
    ///   - renderer: the script that renders the contract.
    ///   - tracer: `nil` if spans are not exported.
    ///   - origins: the allowed origins, separated by commas.
    ///   - basePath: empty for none.
    init(
        readiness: Readiness? = Readiness(isWritable: true, isSchemaCurrent: true, isIndexValid: true),
        renderer: String? = nil, tracer: Tracer? = nil, fairUse: FairUse = FairUse(), origins: String? = nil,
        basePath: String = ""
    ) async throws {
        let ids = IDMaker(milliseconds: { 0x0197_f4a0_8a2b }, random: { 0x1234_5678_9abc_def0 })
        let principal = Principal(
            credential: CredentialID(high: 8, low: 8), user: Sample.ana, kind: .login, locale: .english)
        store.state.withLock { $0.principals = [Self.bearer.hash: principal] }
        metrics = APIMetrics()
        let writer = try LogWriter(descriptor: open("/dev/null", O_WRONLY), now: { 0 })
        let conflicts = ConflictRecorder(store: store, ids: ids, log: { _ in }, onFailure: { _ in })
        let services = DomainServices(
            Stores(
                sessions: store, accounts: store, businesses: store, users: store, credentials: store,
                terminals: ScriptedTerminalStore(), pins: store, audit: ScriptedAuditStore(),
                eventLog: ScriptedEventLogStore(), preflight: NoDuplicates()),
            conflicts: conflicts, hasher: PlainHasher(), ids: ids, subscribers: EventSubscribers(max: 2))
        api = API(
            services, logins: LoginMaker(lifetime: .seconds(43_200), random: { 7 }),
            uses: CredentialUses(services.credentials, onFailure: { _ in }), proxies: TrustedProxies(),
            probes: Probes(
                version: "0.1.2",
                check: { if let readiness { readiness } else { throw ScriptedStore.fault } },
                isShuttingDown: { false }),
            defaultLocale: .spanish,
            contract: Contract(
                yaml: "openapi: 3.1.0\nservers:\n  - url: /\n"
                    + String(repeating: "# Longer than the socket buffers of a connection.\n", count: 30_000),
                renderer: renderer),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            accessLog: AccessLog(writer: writer),
            loginLog: LoginLog(writer: writer, key: Array(repeating: 7, count: 32), metrics: metrics),
            metrics: metrics, tracer: tracer, fairUse: fairUse, ids: ids,
            crossOrigin: origins.flatMap { CrossOrigin($0) } ?? CrossOrigin(),
            basePath: BasePath(basePath) ?? BasePath())
    }

    /// Handles a request, by default of Ana.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields = [:], body: String? = nil,
        anonymously: Bool = false
    ) async throws -> TestResponse {
        var fields = headers
        if !anonymously && fields[.authorization] == nil {
            fields[.authorization] = "Bearer \(Self.bearer.text)"
        }
        if body != nil && fields[.contentType] == nil { fields[.contentType] = "application/json" }
        let request = Request(
            head: HTTPRequest(method: method, scheme: nil, authority: nil, path: path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(string: body ?? "")))
        let response = try await api.respond(to: request, on: RequestConnection())
        let bytes = Collected()
        try await response.body.write(CollectingWriter(collected: bytes))
        return TestResponse(
            status: response.status.code, headers: response.headers, body: bytes.text.withLock { $0 })
    }
}

struct TestResponse {
    let status: Int
    let headers: HTTPFields
    let body: String
}

final class Collected: Sendable {
    let text = Mutex("")
}

struct CollectingWriter: ResponseBodyWriter {
    let collected: Collected
    mutating func write(_ buffer: ByteBuffer) async throws { collected.text.withLock { $0 += String(buffer: buffer) } }
    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// A store without duplicates.
struct NoDuplicates: PreflightStore {
    func duplicates(limit: Int, sessions: Int) async throws -> [DuplicateOpenSessions] { [] }

    func end(
        _ session: DuplicateSession, of duplicates: DuplicateOpenSessions, by actor: UserID?, audit: AuditEventID
    ) async throws -> Bool { false }
}

/// A hasher whose hash is the password itself.
struct PlainHasher: PasswordHasher {
    func hash(_ password: String) async throws -> String { password }
    func verify(_ password: String, against hash: String?) async throws -> Bool { password == hash }
}

/// A store with one business, one cashier and the ``state`` that a test sets.
final class ScriptedStore: SessionStore, SessionChangeStore, AccountStore {
    static let fault = StoreError(outcome: .notApplied, description: "gone", isTransient: true)
    static let ana = User(id: Sample.ana, email: "ana@example.com", name: "Ana", role: .cashier, locale: .english)

    struct State {
        var existing: ExistingSession?
        var fingerprint: [UInt8]?
        var stored: Session? = Sample.openSession()
        var sessions: [Session] = []
        var isGone = false
        var opened: OpenRequest?
        var closed: CloseRequest?
        var query: SessionQuery?
        var movements: [Movement] = []
        var principals: [BearerHash: Principal] = [:]
        var principalReads = 0
    }

    let state = Mutex(State())

    func read<Value: Sendable>(_ body: (inout State) -> Value) throws -> Value {
        try state.withLock { state in
            if state.isGone { throw Self.fault }
            return body(&state)
        }
    }

    private func seen<Value: Sendable>(_ value: Value, in business: BusinessID? = Sample.business) -> Authorized<Value>
    {
        Authorized(role: .cashier, seesBusiness: business == nil || business == Sample.business, value: value)
    }

    func precheck(_ request: OpenRequest) async throws -> OpenPrecheck? {
        try read { state in
            OpenPrecheck(
                role: .cashier, seesBusiness: request.business == Sample.business, isBusinessActive: true,
                isCashierReady: true, instant: Sample.openedAt, fingerprint: state.fingerprint, existing: state.existing
            )
        }
    }

    func open(_ request: OpenRequest, as id: SessionID, audit: AuditEventID) async throws -> OpenOutcome {
        try read { state in
            state.opened = request
            return .opened(Sample.openSession(), .cashier)
        }
    }

    func close(_ request: CloseRequest, audit: AuditEventID) async throws -> Keyed<CloseAttempt>? {
        try read { state in
            state.closed = request
            let stored = state.stored
            let closes =
                stored?.status == .open && request.expectedVersions?.contains(stored?.version ?? 0) ?? true
            return Keyed(
                isKeyFree: true, fingerprint: nil,
                value: CloseAttempt(
                    isDone: closes, session: seen(closes ? Sample.closedSession() : stored, in: request.business)))
        }
    }

    func storedResponse(
        for key: IdempotencyKey, operation: CashPilot.Operation, business: BusinessID, caller: UserID
    ) async throws -> StoredResponse? {
        try read { state in
            state.fingerprint.map { StoredResponse(fingerprint: $0, role: .cashier, session: Sample.openSession()) }
        }
    }

    func resume(_ request: OpenRequest, keeping key: IdempotencyKey) async throws -> Authorized<Session?>? {
        try await current(of: request.cashier, in: request.business, for: request.caller)
    }

    func waitForReplication() async throws {}
    func deleteExpiredResponses() async throws -> Int { 0 }

    /// Not implemented: other tests run changes on PostgreSQL.
    func transaction<Result: Sendable>(
        on session: SessionID, _ work: @Sendable (any SessionTransaction) async throws -> Result
    ) async throws -> Result? {
        throw Self.fault
    }

    func current(of cashier: UserID, in business: BusinessID, for caller: Caller) async throws -> Authorized<Session?>?
    {
        try read { seen($0.stored?.status == .open ? $0.stored : nil, in: business) }
    }

    func session(_ id: SessionID, in business: BusinessID, for caller: Caller) async throws -> Authorized<Session?>? {
        try read { seen(id == Sample.session ? $0.stored : nil, in: business) }
    }

    func list(
        _ query: SessionQuery, in business: BusinessID?, after cursor: Cursor<Session>?, limit: Int, for caller: Caller
    ) async throws -> Authorized<[Session]>? {
        try read { state in
            state.query = query
            return seen(Array(state.sessions.prefix(limit)), in: business)
        }
    }

    func ownSessions(of caller: Caller, areOpen: Bool, limit: Int) async throws -> [Session] {
        areOpen ? [Sample.openSession()] : []
    }
    func backdateCheck(_ openedAt: Instant, of cashier: UserID, in business: BusinessID) async throws -> BackdateCheck {
        BackdateCheck(isInClosedBooks: false, instant: openedAt, overlapping: nil)
    }

    func record(_ conflicts: [ConflictCount]) async throws {}

    func precheck(_ attempt: LoginAttempt) async throws -> LoginPrecheck {
        try read { _ in
            let account = Account(user: Self.ana, isActive: true, passwordHash: "correct horse")
            return LoginPrecheck(
                wait: 0, isKnown: false, account: attempt.email == Self.ana.email ? account : nil)
        }
    }

    func recordFailure(_ attempt: LoginAttempt, isKnown: Bool) async throws {}
    func recordSuccess(_ attempt: LoginAttempt) async throws {}
    func account(email: String) async throws -> Account? { nil }
    func deleteExpiredFailures() async throws -> Int { 0 }

    func account(of caller: Caller) async throws -> CallerAccount? {
        caller.id == Sample.ana ? CallerAccount(user: Self.ana, hasRecentLogin: true) : nil
    }

    func businesses(
        for caller: Caller, after cursor: Cursor<Business>?, limit: Int
    ) async throws -> [Business]? {
        [
            Business(
                id: Sample.business, name: "Farmacia \"Centro\"", currency: "PYG", timeZone: "America/Asuncion",
                dayCutoffMinutes: 245, staleAfterHours: 16, editWindowHours: 32, isActive: true,
                createdAt: Sample.openedAt)
        ]
    }
}
