import CashPilot

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
struct TokenClaims {
    let iss: String
    let aud: String
    let sub: String
    let iat: Int64
    let nbf: Int64
    let exp: Int64
    let locale: String

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

extension TokenClaims {
    /// Reads the JSON; `nil` unless every claim is there and has its type. Other claims are ignored.
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
