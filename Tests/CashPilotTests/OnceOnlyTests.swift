import Synchronization
import Testing

@testable import CashPilot

@Suite("A change runs once")
struct OnceOnlyTests {
    /// One attempt of a change, as the store would end it.
    enum Step: Sendable {
        case made, unchanged, lostRace, inFlight
        /// The key has a response of a request with this fingerprint.
        case stored(UInt8)
        case refused
        /// The server rejects the statement.
        case failed
        /// The server cannot be reached; nothing was sent.
        case unavailable
        /// The connection breaks after the commit was sent.
        case lost
    }

    enum Result: Equatable {
        case made, replayed, busy, keyReused, inFlight, refused, failed, unavailable, unknown
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let what: String
        let steps: [Step]
        var hasKey = true
        /// The fingerprint of the response that the first request with the key stored meanwhile.
        var storedMeanwhile: UInt8?
        let result: Result
        var replicationWaits = 0

        var testDescription: String { what }
    }

    static let rows: [Row] = [
        Row(what: "The first attempt makes the change", steps: [.made], result: .made),
        Row(what: "A lost race runs again", steps: [.lostRace, .made], result: .made),
        Row(
            what: "Ten lost races are busy", steps: Array(repeating: .lostRace, count: OnceOnly.attemptsMax),
            result: .busy),
        Row(what: "A stored response is replayed", steps: [.stored(1)], result: .replayed, replicationWaits: 1),
        Row(what: "A stored response of another request is not replayed", steps: [.stored(2)], result: .keyReused),
        Row(what: "A running request with the key is reported at once", steps: [.inFlight], result: .inFlight),
        Row(what: "An error of the rules is final", steps: [.refused], result: .refused),
        Row(what: "An error of the rules is final without a key", steps: [.refused], hasKey: false, result: .refused),
        Row(
            what: "An error that the first request caused becomes its response", steps: [.refused],
            storedMeanwhile: 1, result: .replayed, replicationWaits: 1),
        Row(
            what: "An error that another request caused reports the reused key", steps: [.refused],
            storedMeanwhile: 2, result: .keyReused),
        Row(what: "A rejected statement is final", steps: [.failed], result: .failed),
        Row(what: "An unavailable server is final", steps: [.unavailable], result: .unavailable),
        Row(
            what: "A lost response runs once more", steps: [.lost, .made], result: .made, replicationWaits: 1),
        Row(
            what: "A retry that the rules refuse runs once more, and the second result counts",
            steps: [.lost, .refused, .made], result: .made, replicationWaits: 1),
        Row(
            what: "A conflict is returned at once, and does not wait for replication", steps: [.unchanged],
            result: .made),
        Row(
            what: "A conflict of a retry runs once more, and does not wait for replication",
            steps: [.lost, .unchanged, .unchanged], result: .made),
        Row(
            what: "A rejected retry runs once more", steps: [.lost, .failed, .made], result: .made,
            replicationWaits: 1),
        Row(
            what: "A retry waits while the server runs the first attempt",
            steps: [.lost, .inFlight, .inFlight, .made], result: .made, replicationWaits: 1),
        Row(
            what: "The outcome is unknown if the first attempt does not end",
            steps: [.lost] + Array(repeating: .inFlight, count: OnceOnly.waitsMax + 1), result: .unknown),
        Row(what: "The outcome is unknown if the server is gone", steps: [.lost, .unavailable], result: .unknown),
        Row(
            what: "The outcome is unknown if the retry is lost too", steps: [.lost, .refused, .lost],
            result: .unknown),
        Row(
            what: "A lost race before a lost response leaves attempts", steps: [.lostRace, .lost, .lostRace, .made],
            result: .made, replicationWaits: 1),
        Row(
            what: "A retry that finds the stored response replays it", steps: [.lost, .refused, .stored(1)],
            result: .replayed, replicationWaits: 1),
    ]

    @Test("The pipeline of every change", arguments: rows)
    func table(_ row: Row) async throws {
        let store = CountingBarrier()
        let steps = Mutex(row.steps)
        let once = OnceOnly(store: store, key: row.hasKey ? Example.key(1) : nil)
        let result = await Self.result {
            try await once.run { _ in
                let step = steps.withLock { $0.isEmpty ? Step.failed : $0.removeFirst() }
                return try Self.attempt(step)
            } stored: {
                row.storedMeanwhile.map { .init(fingerprint: Example.key($0).fingerprint, value: ()) }
            }
        }
        #expect(result == row.result)
        #expect(steps.withLock { $0.isEmpty }, "every attempt was made")
        #expect(store.waits.load(ordering: .relaxed) == row.replicationWaits)
    }

    @Test("A response stored for the bytes of a request is replayed, as earlier versions stored it")
    func byteFingerprint() async throws {
        let key = IdempotencyKey(text: "k", fingerprint: [1], byteFingerprint: [2])
        let once = OnceOnly(store: CountingBarrier(), key: key)
        for stored in [[1], [2]] as [[UInt8]] {
            #expect(try await once.replay(.init(fingerprint: stored, value: ())).isReplay)
        }
        await #expect(throws: DomainError.self) { try await once.replay(.init(fingerprint: [3], value: ())) }
    }

    private static func attempt(_ step: Step) throws -> OnceOnly.Attempt<Void> {
        switch step {
        case .made: return .made(())
        case .unchanged: return .unchanged(())
        case .lostRace: return .lostRace
        case .stored(let byte): return .stored(.init(fingerprint: Example.key(byte).fingerprint, value: ()))
        case .inFlight: throw DomainError.requestInFlight
        case .refused: throw DomainError.versionMismatch(current: 2)
        case .failed: throw StoreError(outcome: .notApplied, description: "rejected", isTransient: false)
        case .unavailable: throw StoreError(outcome: .notApplied, description: "gone", isTransient: true)
        case .lost:
            throw StoreError(outcome: .unknown, description: "lost", isTransient: true, mayHaveCommitted: true)
        }
    }

    private static func result(_ change: () async throws -> ChangeResult<Void>) async -> Result {
        do {
            return try await change().isReplay ? .replayed : .made
        } catch DomainError.busy {
            return .busy
        } catch DomainError.keyReused {
            return .keyReused
        } catch DomainError.requestInFlight {
            return .inFlight
        } catch is DomainError {
            return .refused
        } catch let error as StoreError {
            if error.outcome == .unknown { return .unknown }
            return error.isTransient ? .unavailable : .failed
        } catch {
            Issue.record(error)
            return .failed
        }
    }

    private final class CountingBarrier: ReplicationBarrier {
        let waits = Atomic(0)

        func waitForReplication() async throws { waits.add(1, ordering: .relaxed) }
    }
}
