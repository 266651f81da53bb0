import CashPilot
import Synchronization
import Testing

@Suite("A change of a session whose connection broke after its commit")
struct ChangeRetryTests {
    private static func end(in store: LosingStore) async throws -> ChangeResult<SessionView> {
        let scripted = ScriptedStore(.init())
        let service = SessionChangeService(
            store: store,
            conflicts: ConflictRecorder(store: scripted, ids: Example.ids, log: { _ in }, onFailure: { _ in }),
            ids: Example.ids)
        return try await service.end(
            ChangeTarget(caller: Example.caller(), business: Example.business, session: store.changed.id))
    }

    @Test("is found done by its own id, and told when the standby has it")
    func foundDone() async throws {
        let store = LosingStore(Example.session(.ended))
        let result = try await Self.end(in: store)
        #expect(result.value.session.id == store.changed.id)
        #expect(store.replicationWaits == 1)
    }

    @Test("is unknown if the standby does not get it")
    func withoutStandby() async throws {
        let store = LosingStore(Example.session(.ended), hasStandby: false)
        let fault = await #expect(throws: StoreError.self) { try await Self.end(in: store) }
        #expect(fault?.outcome == .unknown)
    }
}

/// A store whose first transaction does all that it is asked, and then loses the answer.
private final class LosingStore: SessionChangeStore {
    let changed: Session
    private let hasStandby: Bool
    private let waits = Atomic(0)
    private let isDone = Atomic(false)

    /// How often something waited for the standby.
    var replicationWaits: Int { waits.load(ordering: .relaxed) }

    init(_ changed: Session, hasStandby: Bool = true) {
        self.changed = changed
        self.hasStandby = hasStandby
    }

    func transaction<Result: Sendable>(
        on session: SessionID, _ work: @Sendable (any SessionTransaction) async throws -> Result
    ) async throws -> Result? {
        guard isDone.exchange(true, ordering: .relaxed) else {
            throw StoreError(outcome: .unknown, description: "lost", isTransient: true, mayHaveCommitted: true)
        }
        return try await work(DoneTransaction(session: changed))
    }

    func waitForReplication() async throws {
        waits.add(1, ordering: .relaxed)
        if !hasStandby { throw StoreError(outcome: .unknown, description: "away", isTransient: true) }
    }

    func session(_ id: SessionID, in business: BusinessID, for caller: Caller) async throws -> Authorized<Session?>? {
        Authorized(role: .cashier, seesBusiness: true, value: changed)
    }

    func storedResponse(
        for key: IdempotencyKey, operation: Operation, business: BusinessID, caller: UserID
    ) async throws -> StoredResponse? { nil }
}

/// Sees that the change was done, and does nothing more.
private struct DoneTransaction: SessionTransaction {
    struct Unexpected: Error {}

    let session: Session

    func lock(
        _ target: ChangeTarget, for operation: Operation, audit: AuditEventID
    ) async throws -> Keyed<LockedSession>? {
        Keyed(
            isKeyFree: true, fingerprint: nil,
            value: LockedSession(
                isDone: true, instant: Instant(milliseconds: 0), session: Authorized(role: .cashier, value: session)))
    }

    func lockOpenSessionKey(of cashier: UserID, in business: BusinessID) async throws { throw Unexpected() }

    func precheck(at cashier: UserID, for target: ChangeTarget) async throws -> OpenPrecheck? { throw Unexpected() }

    func save(_ session: Session, _ event: ChangeEvent) async throws -> Session { throw Unexpected() }

    func open(
        _ request: HandoverRequest, as id: SessionID, from session: Session, audit: AuditEventID
    ) async throws -> Session.Link { throw Unexpected() }

    func backdateCheck(_ session: Session) async throws -> BackdateCheck { throw Unexpected() }

    func session(_ id: SessionID, for target: ChangeTarget) async throws -> Session { throw Unexpected() }

    func storeResponse(
        _ session: Session, role: Role, for target: ChangeTarget, _ operation: Operation
    ) async throws {
        throw Unexpected()
    }
}
