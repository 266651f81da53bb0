import CashPilot
import Synchronization

/// Issues and verifies bearer tokens: JSON Web Tokens with HS256 only.
///
/// A token only identifies the user. Each statement reads the user's permissions from the database, so a revocation
/// takes effect before `exp`.
package final class Tokens: Sendable {
    /// Maximum length in bytes. The tokens issued here have about 350.
    package static let lengthMax = 4096
    /// Maximum difference between the clocks of two replicas, in seconds.
    package static let leeway: Int64 = 5

    private let secrets: [String: [UInt8]]
    private let signing: TokenKey
    private let issuer: String
    private let audience: String
    private let lifetime: Int64
    private let now: @Sendable () -> Int64
    private let cache = TokenCache()

    /// - Parameters:
    ///   - signing: signs new tokens.
    ///   - accepting: former keys, whose tokens stay valid until they expire.
    ///   - lifetime: the lifetime of a token, in seconds.
    ///   - now: the system's clock, in seconds since 1970. Business times come from the database's.
    /// - Throws: ``TokenKeyError/sameID(_:)``.
    package init(
        signing: TokenKey, accepting: [TokenKey] = [], issuer: String = "cashpilot", audience: String = "cashpilot-api",
        lifetime: Int64 = 12 * 3600, now: @escaping @Sendable () -> Int64
    ) throws(TokenKeyError) {
        var secrets: [String: [UInt8]] = [:]
        for key in [signing] + accepting {
            guard secrets.updateValue(key.secret, forKey: key.id) == nil else { throw .sameID(key.id) }
        }
        self.secrets = secrets
        self.signing = signing
        self.issuer = issuer
        self.audience = audience
        self.lifetime = lifetime
        self.now = now
    }

    /// Issues a token for `user`, and returns its lifetime in seconds.
    package func issue(for user: User) -> (token: String, expiresIn: Int64) {
        let now = now()
        let claims = TokenClaims(
            iss: issuer, aud: audience, sub: user.id.description, iat: now, nbf: now, exp: now + lifetime,
            locale: user.locale.rawValue)
        let header = #"{"alg":"HS256","kid":"\#(signing.id)","typ":"JWT"}"#
        let signed = Base64.url.encode(Array(header.utf8)) + "." + Base64.url.encode(claims.json)
        let code = SHA256.authenticationCode(of: signed.utf8, key: signing.secret)
        return (signed + "." + Base64.url.encode(code), lifetime)
    }

    /// Verifies a token and returns its identity. The cache keeps successful verifications, never failures.
    package func verify(_ token: some StringProtocol) throws(TokenError) -> TokenIdentity {
        guard token.utf8.count <= Self.lengthMax else { throw .tooLong }
        let digest = SHA256.hash(token.utf8)
        if let identity = cache.identity(for: digest) {
            guard identity.expiry > now() - Self.leeway else { throw .expired }
            return identity
        }
        let identity = try verify(Array(token.utf8))
        cache.insert(identity, for: digest)
        return identity
    }

    private func verify(_ token: [UInt8]) throws(TokenError) -> TokenIdentity {
        let parts = token.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64.url.decode(parts[0]), let claims = Base64.url.decode(parts[1]),
            !claims.isEmpty, let signature = Base64.url.decode(parts[2])
        else { throw .malformed }
        guard let header = TokenHeader(json: header), let secret = secrets[header.keyID] else { throw .header }
        let code = SHA256.authenticationCode(of: token[..<parts[1].endIndex], key: secret)
        guard isEqualInConstantTime(code, signature) else { throw .signature }
        guard let claims = TokenClaims(json: claims) else { throw .malformed }
        return try claims.check(at: now(), issuer: issuer, audience: audience)
    }
}

/// A secret that signs tokens, and its name (`kid`), which each token contains.
package struct TokenKey: Sendable {
    /// Minimum length in bytes. HMAC-SHA-256 gains nothing from a longer secret and is weaker with a shorter one.
    package static let secretLengthMin = 32

    /// 1–64 of `A–Z a–z 0–9 . _ -`.
    package let id: String
    let secret: [UInt8]

    /// - Throws: ``TokenKeyError``.
    package init(id: String, secret: [UInt8]) throws(TokenKeyError) {
        guard secret.count >= Self.secretLengthMin else { throw .secretTooShort(bytes: secret.count) }
        guard (1...64).contains(id.utf8.count), id.utf8.allSatisfy(\.isNameByte) else { throw .malformedID }
        self.id = id
        self.secret = secret
    }

    /// Derives the key's id from its secret, so that a configuration contains only secrets.
    ///
    /// To rotate, add a new secret and keep the old one as accepted. The id is half of a hash and reveals no more
    /// than a signature does.
    package init(secret: [UInt8]) throws(TokenKeyError) {
        var hash = SHA256()
        hash.update("cashpilot token key name".utf8)
        hash.update(secret)
        try self.init(id: Base64.url.encode(hash.finalize().bytes.prefix(16)), secret: secret)
    }
}

/// Why the service refuses to start with a secret. The error omits the secret.
package enum TokenKeyError: Error, Equatable, CustomStringConvertible {
    case secretTooShort(bytes: Int)
    case malformedID
    /// Two different secrets have the same id, so a token could not identify its secret.
    case sameID(String)

    package var description: String {
        switch self {
        case .secretTooShort(let bytes):
            "a token secret has \(bytes) bytes, and must have at least \(TokenKey.secretLengthMin)"
        case .malformedID: "the name of a token key must be 1 to 64 of A-Z a-z 0-9 . _ -"
        case .sameID(let id): "two token keys are named \(id)"
        }
    }
}

/// Caches verified tokens, so that later requests need one hash instead of a signature check.
///
/// Its keys are SHA-256 hashes, so it contains no tokens and a changed token never matches. Two generations bound its
/// size with O(1) work per call. When the young generation is full, it replaces the old one. Each use of an entry moves
/// it to the young generation.
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
