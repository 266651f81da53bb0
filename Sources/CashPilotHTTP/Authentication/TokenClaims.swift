import CashPilot
import JWTKit

/// Who a verified token speaks for.
package struct TokenIdentity: Sendable, Equatable {
    package let userID: UserID
    /// The user's, as it was when the token was issued.
    package let locale: Locale
    /// `exp`, in seconds since 1970.
    package let expiry: Int64

    package init(userID: UserID, locale: Locale, expiry: Int64) {
        self.userID = userID
        self.locale = locale
        self.expiry = expiry
    }
}

/// Why a token is refused. For the log: a client only hears `invalid_token`.
package enum TokenFault: Error, Equatable {
    case tooLong
    /// It is not three parts of base64url, or its claims are not those of our tokens.
    case malformed
    /// Another algorithm, another type, an unknown key, or a field that our tokens do not have.
    case header
    case signature
    case expired
    case notYetValid
    case issuer
    case audience
}

/// What the middle part of a token holds. Times are whole seconds since 1970.
struct TokenClaims: JWTPayload {
    let iss: String
    let aud: String
    let sub: String
    let iat: Int64
    let nbf: Int64
    let exp: Int64
    let locale: String

    /// Nothing: ``check(at:issuer:audience:)`` judges the claims, with our clock and our tolerance.
    func verify(using algorithm: some JWTAlgorithm) {}

    /// Judges the claims of a token whose signature is right.
    ///
    /// Another replica's clock may be up to ``Tokens/leeway`` off, in both directions.
    func check(at now: Int64, issuer: String, audience: String) throws(TokenFault) -> TokenIdentity {
        guard iss == issuer else { throw .issuer }
        guard aud == audience else { throw .audience }
        // The arithmetic is on our clock's side: a claim near the end of Int64 must not overflow.
        guard exp > now - Tokens.leeway else { throw .expired }
        guard max(nbf, iat) <= now + Tokens.leeway else { throw .notYetValid }
        guard let user = UserID(sub), let locale = Locale(rawValue: locale) else { throw .malformed }
        return TokenIdentity(userID: user, locale: locale, expiry: exp)
    }
}
