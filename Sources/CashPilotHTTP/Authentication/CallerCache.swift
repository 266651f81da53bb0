import CashPilot
import Synchronization

/// Caches the principals of bearers, so that most requests need no statement before their own.
///
/// It decides nothing: the statement of each request reads the credential again. Its keys are SHA-256 hashes, so it
/// contains no bearers. Two generations bound its size with O(1) work per call. When the young generation is full, it
/// replaces the old one. Each use of an entry moves it to the young generation.
final class CallerCache: Sendable {
    /// Maximum number of entries in both generations together, about 2 MB.
    static let countMax = 10_000

    private struct Generations {
        var young: [BearerHash: Principal] = [:]
        var old: [BearerHash: Principal] = [:]

        mutating func insert(_ principal: Principal, for bearer: BearerHash) {
            if young.count >= CallerCache.countMax / 2 {
                swap(&young, &old)
                young.removeAll(keepingCapacity: true)
            }
            young[bearer] = principal
        }
    }

    private let generations = Mutex(Generations())

    /// The principal of a bearer; `nil` if it is not cached. Its credential may have ended since.
    func principal(of bearer: BearerHash) -> Principal? {
        generations.withLock { generations in
            if let principal = generations.young[bearer] { return principal }
            guard let principal = generations.old[bearer] else { return nil }
            generations.insert(principal, for: bearer)
            return principal
        }
    }

    func insert(_ principal: Principal, for bearer: BearerHash) {
        generations.withLock { $0.insert(principal, for: bearer) }
    }

    func remove(_ bearer: BearerHash) {
        generations.withLock { generations in
            generations.young[bearer] = nil
            generations.old[bearer] = nil
        }
    }

    var count: Int { generations.withLock { $0.young.count + $0.old.count } }
}
