import Synchronization

/// Tokens that were verified, so that a client's second request costs a hash and a look instead of a signature.
///
/// It knows tokens by their SHA-256, so that no token lies about in memory, and one that differs in a bit is another
/// one. Two generations bound it at O(1) a call: when the young one is full it becomes the old one, and the old one
/// is forgotten; what is still in use moves over before that.
final class TokenCache: Sendable {
    /// Of both generations together, about 1 MB.
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

    /// Who the token speaks for, if it was verified before; it may have expired since.
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
