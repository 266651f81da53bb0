import CashPilot

/// The user that a verified token authenticates.
package struct TokenIdentity: Sendable, Equatable {
    package let userID: UserID
    /// The user's language when the token was issued.
    package let locale: Locale
    /// The `exp` claim, in seconds since 1970.
    package let expiry: Int64

    package init(userID: UserID, locale: Locale, expiry: Int64) {
        self.userID = userID
        self.locale = locale
        self.expiry = expiry
    }
}

/// Why a token is rejected. Only the log gets the reason; clients get `invalid_token`.
package enum TokenError: Error, Equatable {
    case tooLong
    /// The token is not three base64url parts, or its claims are incomplete or mistyped.
    case malformed
    /// The header has another algorithm or type, an unknown key, or an extra field.
    case header
    case signature
    case expired
    case notYetValid
    case issuer
    case audience
}

/// The claims of a token. Times are whole seconds since 1970.
struct TokenClaims {
    let iss: String
    let aud: String
    let sub: String
    let iat: Int64
    let nbf: Int64
    let exp: Int64
    let locale: String

    /// Checks the claims of a token whose signature is valid.
    ///
    /// The clock of the issuing replica may differ by up to ``Tokens/leeway`` in both directions.
    func check(at now: Int64, issuer: String, audience: String) throws(TokenError) -> TokenIdentity {
        guard iss == issuer else { throw .issuer }
        guard aud == audience else { throw .audience }
        // The arithmetic uses only the local clock: a claim near `Int64.max` must not overflow.
        guard exp > now - Tokens.leeway else { throw .expired }
        guard max(nbf, iat) <= now + Tokens.leeway else { throw .notYetValid }
        guard let user = UserID(sub), let locale = Locale(rawValue: locale) else { throw .malformed }
        return TokenIdentity(userID: user, locale: locale, expiry: exp)
    }
}

extension TokenClaims {
    /// Parses the JSON; `nil` unless all claims exist with the right type. It ignores other claims.
    init?(json: [UInt8]) {
        guard let members = (try? JSONReader.members(of: json)) ?? nil else { return nil }
        func text(_ name: String) -> String? {
            guard case .string(let text)? = members.first(where: { $0.name == name })?.value else { return nil }
            return text
        }
        func seconds(_ name: String) -> Int64? {
            guard case .integer(let seconds)? = members.first(where: { $0.name == name })?.value else { return nil }
            return seconds
        }
        guard let iss = text("iss"), let aud = text("aud"), let sub = text("sub"), let locale = text("locale"),
            let iat = seconds("iat"), let nbf = seconds("nbf"), let exp = seconds("exp")
        else { return nil }
        self.init(iss: iss, aud: aud, sub: sub, iat: iat, nbf: nbf, exp: exp, locale: locale)
    }

    /// The bytes of the JSON object.
    var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            for (name, value) in [("iss", iss), ("aud", aud), ("sub", sub), ("locale", locale)]
                as [(StaticString, String)]
            {
                json.name(name)
                json.value(value)
            }
            for (name, seconds) in [("iat", iat), ("nbf", nbf), ("exp", exp)] as [(StaticString, Int64)] {
                json.name(name)
                json.value(seconds)
            }
        }
        return json.bytes
    }
}
