import CashPilot
import Synchronization
import Testing

@Suite("Ending duplicates")
struct PreflightServiceTests {
    /// Finds one round of duplicates after the other, and lets end those that are named.
    private final class ScriptedPreflightStore: PreflightStore {
        private let rounds: Mutex<[[DuplicateOpenSessions]]>
        private let endable: Set<SessionID>

        init(_ rounds: [[DuplicateOpenSessions]], endable: Set<SessionID>) {
            self.rounds = Mutex(rounds)
            self.endable = endable
        }

        func duplicates(limit: Int, sessions: Int) async throws -> [DuplicateOpenSessions] {
            rounds.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }

        func end(
            _ session: DuplicateSession, of slot: DuplicateOpenSessions, by actor: UserID?, audit: AuditEventID
        ) async throws -> Bool { endable.contains(session.id) }
    }

    private func slot(ending number: UInt64) -> DuplicateOpenSessions {
        func session(_ number: UInt64) -> DuplicateSession {
            let moment = Instant(milliseconds: 0)
            return DuplicateSession(
                id: SessionID(high: 0, low: number), number: 1, openedAt: moment, lastActivityAt: moment)
        }
        var slot = DuplicateOpenSessions(
            business: BusinessID(high: 1, low: 1), businessName: "Centro", cashier: UserID(high: 2, low: number),
            cashierName: "Ana", openSessions: 2, keep: session(number + 1))
        slot.end = [session(number)]
        return slot
    }

    private func ended(_ rounds: [[DuplicateOpenSessions]], endable: Set<SessionID>) async throws -> Int {
        let ids = IDMaker(milliseconds: { 1 }, random: { .random(in: .min ... .max) })
        return try await PreflightService(store: ScriptedPreflightStore(rounds, endable: endable), ids: ids).apply()
    }

    @Test("A round that somebody else was faster with is not the last")
    func others() async throws {
        let second = slot(ending: 20)
        #expect(try await ended([[slot(ending: 10)], [second], []], endable: [second.end[0].id]) == 1)
    }

    @Test("What cannot be ended is not tried for ever")
    func stuck() async throws {
        #expect(try await ended([[slot(ending: 10)]], endable: []) == 0)
    }
}
