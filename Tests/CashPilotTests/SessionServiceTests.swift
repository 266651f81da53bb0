@testable import CashPilot
import Testing

@Suite("SessionService decides")
struct SessionServiceTests {
    private func service(_ store: ScriptedStore) -> SessionService {
        SessionService(
            store: store,
            conflicts: ConflictRecorder(store: store, ids: Example.ids, log: { _ in }, onFailure: { _ in }),
            ids: Example.ids)
    }

    private func refusal(_ work: () async throws -> some Any) async throws -> DomainError {
        do {
            _ = try await work()
        } catch let refusal as DomainError {
            return refusal
        }
        throw ScriptedStore.Exhausted()
    }

    @Test("A lost race is looked at again, and names the winner")
    func raced() async throws {
        let winner = Example.existing()
        let store = ScriptedStore(
            .init(looks: [Example.precheck(), Example.precheck(existing: winner)], opens: [.checkAgain]))
        let conflict = try #require(try await service(store).open(Example.openRequest()).value.conflict)
        #expect(conflict.existing.id == winner.id)
        #expect(conflict.isOwn)
        #expect(conflict.actions == [.view, .close, .end, .resume])
    }

    @Test("An open that loses ten races is busy, and tries no more")
    func busy() async throws {
        let store = ScriptedStore(
            .init(
                looks: Array(repeating: Example.precheck(), count: OnceOnly.attemptsMax),
                opens: Array(repeating: .checkAgain, count: OnceOnly.attemptsMax)))
        let refusal = try await refusal { try await service(store).open(Example.openRequest()) }
        guard case .busy = refusal else { return #expect(Bool(false), "\(refusal)") }
    }

    @Test("A taken external id is refused after a second precheck that finds no open session of the cashier")
    func externalIDTaken() async throws {
        let store = ScriptedStore(.init(looks: [Example.precheck(), Example.precheck()], opens: [.externalIDTaken]))
        let refusal = try await refusal { try await service(store).open(Example.openRequest()) }
        guard case .externalIDTaken = refusal else { return #expect(Bool(false), "\(refusal)") }
    }

    @Test("A taken external id does not hide the open session of the same cashier")
    func externalIDOfOpenSession() async throws {
        let winner = Example.existing()
        let conflicted = Example.precheck(existing: winner)
        let store = ScriptedStore(
            .init(looks: [Example.precheck(), conflicted, conflicted], opens: [.externalIDTaken]))
        let conflict = try #require(try await service(store).open(Example.openRequest()).value.conflict)
        #expect(conflict.existing.id == winner.id)
    }

    @Test("A blocker that closes between the look and the resume leaves the slot to the next attempt")
    func resumeAfterClose() async throws {
        let opened = Example.session()
        let store = ScriptedStore(
            .init(
                looks: [Example.precheck(existing: Example.existing()), Example.precheck()],
                opens: [.opened(opened, .cashier)],
                current: Authorized(role: .cashier, seesBusiness: true, value: nil)))
        let result = try await service(store).open(Example.openRequest(), resuming: true).value
        guard case .opened(let view) = result else { return #expect(Bool(false), "\(result)") }
        #expect(view.session.id == opened.id)
    }

    @Test("An administrator is refused like anybody else, and may act on what is in the way")
    func adminIsRefused() async throws {
        let store = ScriptedStore(.init(looks: [Example.precheck(role: .admin, existing: Example.existing())]))
        let result = try await service(store).open(Example.openRequest(by: Example.admin, for: Example.ana))
        let conflict = try #require(result.value.conflict)
        #expect(!conflict.isOwn)
        #expect(conflict.actions == [.view, .close, .end, .resume, .forceClose])
    }

    @Test("A rule that the precheck finds broken refuses the open", arguments: [0, 1, 2, 3, 4, 5])
    func refusedByThePrecheck(row: Int) async throws {
        let rows: [(OpenPrecheck?, OpenRequest, String)] = [
            (nil, Example.openRequest(), "callerInactive"),
            (Example.precheck(seesBusiness: false), Example.openRequest(), "businessNotFound"),
            (Example.precheck(), Example.openRequest(for: Example.admin), "forbidden"),
            (Example.precheck(isBusinessActive: false), Example.openRequest(), "businessInactive"),
            (Example.precheck(isCashierReady: false), Example.openRequest(), "cashierNotInBusiness"),
            (
                Example.precheck(role: .admin),
                OpenRequest(
                    caller: Example.caller(Example.admin), business: Example.business, cashier: Example.ana,
                    initialCash: .zero, openedAt: Instant(milliseconds: 1_764_000_000_001)),
                "openedTooLate"
            ),
        ]
        let (precheck, request, name) = rows[row]
        let refusal = try await refusal { try await service(ScriptedStore(.init(looks: [precheck]))).open(request) }
        #expect("\(refusal)" == name)
    }

    @Test("The same key with another request is refused, also by the answer that was kept meanwhile")
    func keyReused() async throws {
        let other = Example.key(2)
        let store = ScriptedStore(
            .init(
                looks: [Example.precheck(fingerprint: other.fingerprint)],
                kept: StoredResponse(fingerprint: other.fingerprint, role: .cashier, session: Example.session())))
        let refusal = try await refusal { try await service(store).open(Example.openRequest(key: Example.key(1))) }
        guard case .keyReused = refusal else { return #expect(Bool(false), "\(refusal)") }
    }

    @Test("A close whose twin finished while it waited gets the twin's answer, not a refusal")
    func closeReplaysItsTwin() async throws {
        let closed = Example.session(.closed, version: 2)
        let key = Example.key()
        let store = ScriptedStore(
            .init(
                closes: [
                    Keyed(
                        isKeyFree: true, fingerprint: nil,
                        value: CloseAttempt(isDone: false, session: Authorized(role: .cashier, value: closed)))
                ],
                kept: StoredResponse(fingerprint: key.fingerprint, role: .cashier, session: closed)))
        let result = try await service(store).close(
            CloseRequest(
                caller: Example.caller(), business: Example.business, session: closed.id,
                count: CountEntry(finalCash: .zero), key: key))
        #expect(result.isReplay)
        #expect(result.value.session.id == closed.id)
    }

    @Test("A closed session is told as closed, whatever version was expected; an open one with another version is not")
    func whyNotClosed() async throws {
        func close(_ session: Session, expecting version: Int64) async throws -> DomainError {
            let store = ScriptedStore(
                .init(closes: [
                    Keyed(
                        isKeyFree: true, fingerprint: nil,
                        value: CloseAttempt(isDone: false, session: Authorized(role: .cashier, value: session)))
                ]))
            return try await refusal {
                try await service(store).close(
                    CloseRequest(
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
