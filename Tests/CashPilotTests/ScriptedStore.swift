import CashPilot
import Synchronization

/// A store that gives the answers it was told, in their order, so that the service's decisions can be tested for
/// moments that a real database reaches only by chance.
final class ScriptedStore: SessionStore {
    struct Script {
        var looks: [OpenLook?] = []
        var opens: [OpenOutcome] = []
        /// Met by so many opens before those of the script.
        var openFaults: [StoreFault] = []
        var closes: [CloseOutcome?] = []
        /// Met by so many closes before those of the script.
        var closeFaults: [StoreFault] = []
        var current: Seen<Session?>?
        /// What is found by its id; then `current` is.
        var sessions: [Seen<Session?>] = []
        var kept: KeptAnswer?
        var recordFaults = 0
        var recorded: [ConflictCount] = []
        var standbyWaits = 0
    }

    struct Exhausted: Error {}

    private let script: Mutex<Script>

    init(_ script: Script) { self.script = Mutex(script) }

    var recorded: [ConflictCount] { script.withLock { $0.recorded } }
    /// How often something waited for the standby.
    var standbyWaits: Int { script.withLock { $0.standbyWaits } }

    func look(_ order: OpenOrder) async throws -> OpenLook? {
        try script.withLock { script in
            guard !script.looks.isEmpty else { throw Exhausted() }
            return script.looks.removeFirst()
        }
    }

    func open(_ order: OpenOrder, as id: SessionID, audit: AuditEventID) async throws -> OpenOutcome {
        try script.withLock { script in
            if !script.openFaults.isEmpty { throw script.openFaults.removeFirst() }
            guard !script.opens.isEmpty else { throw Exhausted() }
            return script.opens.removeFirst()
        }
    }

    func resume(_ order: OpenOrder, keeping key: IdempotencyKey) async throws -> Seen<Session?>? {
        script.withLock { $0.current }
    }

    func awaitStandby() async throws { script.withLock { $0.standbyWaits += 1 } }
    func forgetKeptAnswers() async throws -> Int { 0 }

    func close(_ order: CloseOrder, audit: AuditEventID) async throws -> CloseOutcome? {
        try script.withLock { script in
            if !script.closeFaults.isEmpty { throw script.closeFaults.removeFirst() }
            guard !script.closes.isEmpty else { throw Exhausted() }
            return script.closes.removeFirst()
        }
    }

    func answerKept(
        for key: IdempotencyKey, operation: Operation, business: BusinessID, caller: UserID
    ) async throws -> KeptAnswer? {
        script.withLock { $0.kept }
    }

    func current(of cashier: UserID, in business: BusinessID, for caller: UserID) async throws -> Seen<Session?>? {
        script.withLock { $0.current }
    }

    func session(_ id: SessionID, in business: BusinessID, for caller: UserID) async throws -> Seen<Session?>? {
        script.withLock { $0.sessions.isEmpty ? $0.current : $0.sessions.removeFirst() }
    }

    func list(
        _ query: SessionQuery, in business: BusinessID?, after cursor: Cursor<Session>?, limit: Int,
        for caller: UserID
    ) async throws -> Seen<[Session]>? {
        Seen(role: .cashier, seesBusiness: true, value: [])
    }

    func openSessions(of caller: UserID, limit: Int) async throws -> [Session] { [] }

    func record(_ conflicts: [ConflictCount]) async throws {
        try script.withLock { script in
            if script.recordFaults > 0 {
                script.recordFaults -= 1
                throw StoreFault(outcome: .notApplied, description: "down", isTransient: true)
            }
            script.recorded += conflicts
        }
    }
}
