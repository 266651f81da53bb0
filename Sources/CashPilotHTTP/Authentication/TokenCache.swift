import Synchronization

/// Caches verified tokens, so that later requests need one hash instead of a signature check.
///
/// Its keys are SHA-256 hashes, so that memory contains no tokens and a changed token never matches. Two generations
/// bound its size with O(1) work per call. When the young generation is full, it replaces the old one. An entry that
/// is used moves to the young generation first.
final class TokenCache: Sendable {
    /// Maximum number of entries in both generations together, about 1 MB.
    static let countMax = 10_000

    private struct Generations {
        var young: [SHA256.Digest: TokenIdentity] = [:]
        var old: [SHA256.Digest: TokenIdentity] = [:]

        mutating func insert(_ identity: TokenIdentity, for digest: SHA256.Digest) {
            if young.count >= TokenCache.countMax / 2 {
                swap(&young, &old)
                young.removeAll(keepingCapacity: true)
            }
            young[digest] = identity
        }
    }

    private let generations = Mutex(Generations())

    /// The identity of a verified token; `nil` if it is not cached. The token may have expired since.
    func identity(for digest: SHA256.Digest) -> TokenIdentity? {
        generations.withLock { generations in
            if let identity = generations.young[digest] { return identity }
            guard let identity = generations.old[digest] else { return nil }
            generations.insert(identity, for: digest)
            return identity
        }
    }

    func insert(_ identity: TokenIdentity, for digest: SHA256.Digest) {
        generations.withLock { $0.insert(identity, for: digest) }
    }

    var count: Int { generations.withLock { $0.young.count + $0.old.count } }
}
