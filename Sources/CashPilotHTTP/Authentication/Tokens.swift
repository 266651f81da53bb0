import CashPilot

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
