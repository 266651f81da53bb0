import CashPilot
import Synchronization

/// A store that gives the answers it was told, in their order, so that the service's decisions can be tested for
/// moments that a real database reaches only by chance.
final class ScriptedStore: SessionStore {
    struct Script {
        var looks: [OpenPrecheck?] = []
        var opens: [OpenOutcome] = []
        /// Met by so many opens before those of the script.
        var openFaults: [StoreError] = []
        var closes: [Keyed<CloseAttempt>?] = []
        /// Met by so many closes before those of the script.
        var closeFaults: [StoreError] = []
        var current: Authorized<Session?>?
        /// What is found by its id; then `current` is.
        var sessions: [Authorized<Session?>] = []
        var kept: StoredResponse?
        var recordFaults = 0
        var recorded: [ConflictCount] = []
        var replicationWaits = 0
    }

    struct Exhausted: Error {}

    private let script: Mutex<Script>

    init(_ script: Script) { self.script = Mutex(script) }

    var recorded: [ConflictCount] { script.withLock { $0.recorded } }
    /// How often something waited for the standby.
    var replicationWaits: Int { script.withLock { $0.replicationWaits } }

    func precheck(_ request: OpenRequest) async throws -> OpenPrecheck? {
        try script.withLock { script in
            guard !script.looks.isEmpty else { throw Exhausted() }
            return script.looks.removeFirst()
        }
    }

    func open(_ request: OpenRequest, as id: SessionID, audit: AuditEventID) async throws -> OpenOutcome {
        try script.withLock { script in
            if !script.openFaults.isEmpty { throw script.openFaults.removeFirst() }
            guard !script.opens.isEmpty else { throw Exhausted() }
            return script.opens.removeFirst()
        }
    }

    func resume(_ request: OpenRequest, keeping key: IdempotencyKey) async throws -> Authorized<Session?>? {
        script.withLock { $0.current }
    }

    func waitForReplication() async throws { script.withLock { $0.replicationWaits += 1 } }
    func deleteExpiredResponses() async throws -> Int { 0 }

    func close(_ request: CloseRequest, audit: AuditEventID) async throws -> Keyed<CloseAttempt>? {
        try script.withLock { script in
            if !script.closeFaults.isEmpty { throw script.closeFaults.removeFirst() }
            guard !script.closes.isEmpty else { throw Exhausted() }
            return script.closes.removeFirst()
        }
    }

    func storedResponse(
        for key: IdempotencyKey, operation: Operation, business: BusinessID, caller: UserID
    ) async throws -> StoredResponse? {
        script.withLock { $0.kept }
    }

    func current(of cashier: UserID, in business: BusinessID, for caller: Caller) async throws -> Authorized<Session?>?
    {
        script.withLock { $0.current }
    }

    func session(_ id: SessionID, in business: BusinessID, for caller: Caller) async throws -> Authorized<Session?>? {
        script.withLock { $0.sessions.isEmpty ? $0.current : $0.sessions.removeFirst() }
    }

    func list(
        _ query: SessionQuery, in business: BusinessID?, after cursor: Cursor<Session>?, limit: Int,
        for caller: Caller
    ) async throws -> Authorized<[Session]>? {
        Authorized(role: .cashier, seesBusiness: true, value: [])
    }

    func ownSessions(of caller: Caller, areOpen: Bool, limit: Int) async throws -> [Session] { [] }

    func backdateCheck(_ openedAt: Instant, of cashier: UserID, in business: BusinessID) async throws -> BackdateCheck {
        BackdateCheck(isInClosedBooks: false, instant: openedAt, overlapping: nil)
    }

    func record(_ conflicts: [ConflictCount]) async throws {
        try script.withLock { script in
            if script.recordFaults > 0 {
                script.recordFaults -= 1
                throw StoreError(outcome: .notApplied, description: "down", isTransient: true)
            }
            script.recorded += conflicts
        }
    }
}
