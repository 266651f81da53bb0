import CashPilot
import Testing

@Suite("A change whose connection broke")
struct UnknownOutcomeTests {
    private static let lost = StoreError(
        outcome: .unknown, description: "lost", isTransient: true, mayHaveCommitted: true)

    private static func closed(_ session: Session, isKeyFree: Bool) -> Keyed<CloseAttempt> {
        Keyed(
            isKeyFree: isKeyFree, fingerprint: nil,
            value: CloseAttempt(isDone: isKeyFree, session: Authorized(role: .cashier, value: session)))
    }

    private static func service(_ store: ScriptedStore, ids: IDMaker = Example.ids) -> SessionService {
        SessionService(
            store: store,
            conflicts: ConflictRecorder(store: store, ids: Example.ids, log: { _ in }, onFailure: { _ in }),
            ids: ids)
    }

    private static func close(_ session: Session, in store: ScriptedStore) async throws -> ChangeResult<SessionView> {
        try await service(store).close(
            CloseRequest(
                caller: Example.caller(), business: Example.business, session: session.id,
                count: CountEntry(finalCash: .zero), key: Example.key()))
    }

    @Test("is not told that its key is in use, while the server still runs its first try: it waits for that")
    func waits() async throws {
        let session = Example.session(.closed, version: 2)
        let running = Self.closed(session, isKeyFree: false)
        let over = Self.closed(session, isKeyFree: true)
        let store = ScriptedStore(.init(closes: [running, running, over, over], closeFaults: [Self.lost]))
        let result = try await Self.close(session, in: store)
        #expect(result.value.session.id == session.id)
        #expect(!result.isReplay)
    }

    @Test("is unknown if the first try is not over in time")
    func givesUp() async throws {
        let session = Example.session()
        let running = Self.closed(session, isKeyFree: false)
        let store = ScriptedStore(
            .init(closes: Array(repeating: running, count: 100), closeFaults: [Self.lost]))
        let fault = await #expect(throws: StoreError.self) { try await Self.close(session, in: store) }
        #expect(fault?.outcome == .unknown)
    }

    @Test("Whoever sends a key twice is told that the first is running, without a wait")
    func ofAnother() async throws {
        let session = Example.session()
        let store = ScriptedStore(.init(closes: [Self.closed(session, isKeyFree: false)]))
        await #expect {
            try await Self.close(session, in: store)
        } throws: { error in
            if case DomainError.requestInFlight = error { true } else { false }
        }
    }

    @Test("An open is found by its id, also if its session was closed meanwhile and its slot is empty")
    func foundByID() async throws {
        let session = Example.session(.closed, version: 2)
        let store = ScriptedStore(
            .init(
                looks: [Example.precheck()], openFaults: [Self.lost],
                current: Authorized(role: .cashier, seesBusiness: true, value: session)))
        let result = try await Self.service(store).open(Example.openRequest())
        #expect(result.value.session?.id == session.id)
        #expect(store.replicationWaits == 1)
    }

    @Test("An open whose first try was still running, and is in its way now, is not refused by it")
    func inItsOwnWay() async throws {
        let ids = IDMaker(milliseconds: { 1 }, random: { 7 })
        let session = Example.session()
        let found = Authorized<Session?>(role: .cashier, seesBusiness: true, value: session)
        let store = ScriptedStore(
            .init(
                looks: [Example.precheck(), Example.precheck(existing: Example.existing(session: ids.make()))],
                openFaults: [Self.lost],
                sessions: [Authorized(role: .cashier, value: nil), found, found]))
        let result = try await Self.service(store, ids: ids).open(Example.openRequest())
        #expect(result.value.session?.id == session.id)
        #expect(store.replicationWaits == 1)
    }
}
