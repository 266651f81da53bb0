import CashPilot
import Crypto
import JWTKit

/// Issues bearer tokens and verifies them: JSON Web Tokens, HS256 and nothing else.
///
/// A token says who; what they may do is read from the database by each statement, so that a revocation does not
/// wait for `exp`.
package final class Tokens: Sendable {
    /// Ours have about 350 bytes.
    package static let lengthMax = 4096
    /// How far the clocks of two replicas may be apart, in seconds.
    package static let leeway: Int64 = 5

    private let keys = JWTKeyCollection()
    private let keyIDs: Set<String>
    private let signingKeyID: String
    private let issuer: String
    private let audience: String
    private let lifetime: Int64
    private let now: @Sendable () -> Int64
    private let cache = TokenCache()

    /// - Parameters:
    ///   - signing: signs new tokens.
    ///   - accepting: former keys, whose tokens hold until they expire.
    ///   - lifetime: of a token, in seconds.
    ///   - now: the system's clock, in seconds since 1970. Tokens are the one thing that the database's does not judge.
    /// - Throws: ``TokenKeyFault/sameID(_:)``.
    package init(
        signing: TokenKey, accepting: [TokenKey] = [], issuer: String = "cashpilot", audience: String = "cashpilot-api",
        lifetime: Int64 = 12 * 3600, now: @escaping @Sendable () -> Int64
    ) async throws(TokenKeyFault) {
        var ids: Set<String> = []
        for key in [signing] + accepting {
            guard ids.insert(key.id).inserted else { throw .sameID(key.id) }
            await keys.add(
                hmac: HMACKey(from: key.secret), digestAlgorithm: .sha256, kid: JWKIdentifier(string: key.id))
        }
        keyIDs = ids
        signingKeyID = signing.id
        self.issuer = issuer
        self.audience = audience
        self.lifetime = lifetime
        self.now = now
    }

    /// A token for `user`, and the seconds for which it holds.
    package func issue(for user: User) async throws -> (token: String, expiresIn: Int64) {
        let now = now()
        let claims = TokenClaims(
            iss: issuer, aud: audience, sub: user.id.description, iat: now, nbf: now, exp: now + lifetime,
            locale: user.locale.rawValue)
        return (try await keys.sign(claims, kid: JWKIdentifier(string: signingKeyID)), lifetime)
    }

    /// Who a token speaks for. One that was verified before is not verified again; a refusal is never remembered.
    package func verify(_ token: some StringProtocol) async throws(TokenFault) -> TokenIdentity {
        guard token.utf8.count <= Self.lengthMax else { throw .tooLong }
        let inPlace = token.utf8.withContiguousStorageIfAvailable { SHA256.hash(data: UnsafeRawBufferPointer($0)) }
        let digest = inPlace ?? SHA256.hash(data: Array(token.utf8))
        if let identity = cache.identity(for: digest) {
            guard identity.expiry > now() - Self.leeway else { throw .expired }
            return identity
        }
        let identity = try await verify(Array(token.utf8))
        cache.insert(identity, for: digest)
        return identity
    }

    private func verify(_ token: [UInt8]) async throws(TokenFault) -> TokenIdentity {
        let parts = token.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64.url.decode(parts[0]), !parts[1].isEmpty,
            let signature = Base64.url.decode(parts[2])
        else { throw .malformed }
        guard let header = TokenHeader(json: header), keyIDs.contains(header.keyID) else { throw .header }
        guard signature.count == 32 else { throw .signature }
        return try await claims(of: token).check(at: now(), issuer: issuer, audience: audience)
    }

    private func claims(of token: [UInt8]) async throws(TokenFault) -> TokenClaims {
        do {
            return try await keys.verify(token, as: TokenClaims.self)
        } catch let error as JWTError where error.errorType == .signatureVerificationFailed {
            throw .signature
        } catch {
            throw .malformed
        }
    }
}
