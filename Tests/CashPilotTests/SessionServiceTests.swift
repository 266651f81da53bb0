import CashPilot
import Testing

@Suite("SessionService decides")
struct SessionServiceTests {
    private func service(_ store: ScriptedStore) -> SessionService {
        SessionService(
            store: store,
            conflicts: ConflictRecorder(store: store, ids: Example.ids, onNote: { _, _, _ in }, onFault: { _ in }),
            ids: Example.ids)
    }

    private func refusal(_ work: () async throws -> some Any) async throws -> Refusal {
        do {
            _ = try await work()
        } catch let refusal as Refusal {
            return refusal
        }
        throw ScriptedStore.Exhausted()
    }

    @Test("A lost race is looked at again, and names the winner")
    func raced() async throws {
        let winner = Example.blocker()
        let store = ScriptedStore(
            .init(looks: [Example.look(), Example.look(blocker: winner)], opens: [.lookAgain]))
        let refusal = try await refusal { try await service(store).open(Example.openOrder()) }
        guard case .alreadyOpen(let blocker) = refusal else { return #expect(Bool(false), "\(refusal)") }
        #expect(blocker.session == winner.session)
        #expect(blocker.isOwn)
        #expect(blocker.actions == [.view, .close])
    }

    @Test("An open that loses three times is told that it is busy, and tries no more")
    func busy() async throws {
        let store = ScriptedStore(
            .init(
                looks: [Example.look(), Example.look(), Example.look()], opens: [.lookAgain, .lookAgain, .lookAgain]))
        let refusal = try await refusal { try await service(store).open(Example.openOrder()) }
        guard case .busy = refusal else { return #expect(Bool(false), "\(refusal)") }
    }

    @Test("A blocker that closes between the look and the resume leaves the slot to the next attempt")
    func resumeAfterClose() async throws {
        let opened = Example.session()
        let store = ScriptedStore(
            .init(
                looks: [Example.look(blocker: Example.blocker()), Example.look()],
                opens: [.opened(opened, .cashier)],
                current: Seen(role: .cashier, seesBusiness: true, value: nil)))
        let answer = try await service(store).open(Example.openOrder(), resuming: true)
        #expect(answer.session.id == opened.id)
        #expect(answer.isNew)
    }

    @Test("An administrator is refused like anybody else, and may act on what is in the way")
    func adminIsRefused() async throws {
        let store = ScriptedStore(.init(looks: [Example.look(role: .admin, blocker: Example.blocker())]))
        let refusal = try await refusal {
            try await service(store).open(Example.openOrder(by: Example.admin, for: Example.ana))
        }
        guard case .alreadyOpen(let blocker) = refusal else { return #expect(Bool(false), "\(refusal)") }
        #expect(!blocker.isOwn)
        #expect(blocker.actions == [.view, .close])
    }

    @Test("The rules that refuse before anything stands in the way", arguments: [0, 1, 2, 3, 4, 5])
    func refusedByTheLook(row: Int) async throws {
        let rows: [(OpenLook?, OpenOrder, String)] = [
            (nil, Example.openOrder(), "callerInactive"),
            (Example.look(seesBusiness: false), Example.openOrder(), "businessNotFound"),
            (Example.look(), Example.openOrder(for: Example.admin), "forbidden"),
            (Example.look(isBusinessActive: false), Example.openOrder(), "businessInactive"),
            (Example.look(isCashierReady: false), Example.openOrder(), "cashierNotInBusiness"),
            (
                Example.look(role: .admin),
                OpenOrder(
                    caller: Example.caller(Example.admin), business: Example.business, cashier: Example.ana,
                    initialCash: .zero, openedAt: Instant(milliseconds: 1_764_000_000_001)),
                "openedTooLate"
            ),
        ]
        let (look, order, name) = rows[row]
        let refusal = try await refusal { try await service(ScriptedStore(.init(looks: [look]))).open(order) }
        #expect("\(refusal)" == name)
    }

    @Test("The same key with another request is refused, also by the answer that was kept meanwhile")
    func keyReused() async throws {
        let other = Example.key(2)
        let store = ScriptedStore(.init(looks: [Example.look(fingerprint: other.fingerprint)]))
        let refusal = try await refusal { try await service(store).open(Example.openOrder(key: Example.key(1))) }
        guard case .keyReused = refusal else { return #expect(Bool(false), "\(refusal)") }
    }

    @Test("A close whose twin finished while it waited gets the twin's answer, not a refusal")
    func closeReplaysItsTwin() async throws {
        let closed = Example.session(.closed, version: 2)
        let key = Example.key()
        let store = ScriptedStore(
            .init(
                closes: [
                    CloseOutcome(
                        isKeyFree: true, fingerprint: nil, isClosedNow: false,
                        seen: Seen(role: .cashier, seesBusiness: true, value: closed))
                ],
                kept: KeptAnswer(fingerprint: key.fingerprint, role: .cashier, session: closed)))
        let answer = try await service(store).close(
            CloseOrder(
                caller: Example.caller(), business: Example.business, session: closed.id,
                count: CountEntry(finalCash: .zero), key: key))
        #expect(answer.isReplay)
        #expect(answer.session.id == closed.id)
    }

    @Test("A closed session is told as closed, whatever version was expected; an open one with another version is not")
    func whyNotClosed() async throws {
        func close(_ session: Session, expecting version: Int64) async throws -> Refusal {
            let store = ScriptedStore(
                .init(closes: [
                    CloseOutcome(
                        isKeyFree: true, fingerprint: nil, isClosedNow: false,
                        seen: Seen(role: .cashier, seesBusiness: true, value: session))
                ]))
            return try await refusal {
                try await service(store).close(
                    CloseOrder(
                        caller: Example.caller(), business: Example.business, session: session.id,
                        expectedVersions: [version], count: CountEntry(finalCash: .zero)))
            }
        }
        guard case .alreadyClosed = try await close(Example.session(.closed, version: 2), expecting: 1) else {
            return #expect(Bool(false))
        }
        guard case .versionMismatch(current: 3) = try await close(Example.session(version: 3), expecting: 1) else {
            return #expect(Bool(false))
        }
    }
}
