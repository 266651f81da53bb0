import CashPilot
import JSON

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
        func value(_ name: String) -> JSONValue? { members.first { $0.name == name }?.value }
        func text(_ name: String) -> String? { if case .string(let text)? = value(name) { text } else { nil } }
        func seconds(_ name: String) -> Int64? { if case .integer(let time)? = value(name) { time } else { nil } }
        guard let iss = text("iss"), let aud = text("aud"), let sub = text("sub"), let locale = text("locale"),
            let iat = seconds("iat"), let nbf = seconds("nbf"), let exp = seconds("exp")
        else { return nil }
        self.init(iss: iss, aud: aud, sub: sub, iat: iat, nbf: nbf, exp: exp, locale: locale)
    }

    var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("iss", iss)
            json.member("aud", aud)
            json.member("sub", sub)
            json.member("locale", locale)
            json.member("iat", iat)
            json.member("nbf", nbf)
            json.member("exp", exp)
        }
        return json.bytes
    }
}

/// The header of a token: a flat JSON object of exactly `alg`, `typ` and `kid`.
///
/// Each member occurs once and is a plain string. The server rejects any other header, because `crit`, `jku`, `jwk`
/// or `x5u` indicate an attack or a foreign token.
struct TokenHeader {
    let keyID: String

    /// Parses the JSON; `nil` unless it is `alg` `HS256`, `typ` `JWT` and a `kid` only.
    init?(json: [UInt8]) {
        var reader = Reader(bytes: json[...])
        guard let members = reader.object(), members.count == 3,
            members["alg"] == "HS256", members["typ"] == "JWT", let keyID = members["kid"]
        else { return nil }
        self.keyID = keyID
    }

    /// A JSON reader for the subset that a header may use.
    private struct Reader {
        var bytes: ArraySlice<UInt8>

        mutating func object() -> [String: String]? {
            var members: [String: String] = [:]
            guard take("{") else { return nil }
            repeat {
                guard let name = string(), take(":"), let value = string() else { return nil }
                guard members.updateValue(value, forKey: name) == nil else { return nil }
            } while take(",")
            guard take("}"), bytes.isEmpty else { return nil }
            return members
        }

        /// Reads visible ASCII and spaces without escapes, so that each name has one spelling.
        mutating func string() -> String? {
            guard take("\""), let end = bytes.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            let text = bytes[..<end]
            guard text.allSatisfy({ (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\\") }) else { return nil }
            bytes = bytes[(end + 1)...]
            skipSpaces()
            return String(decoding: text, as: UTF8.self)
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            skipSpaces()
            guard bytes.first == UInt8(ascii: character) else { return false }
            bytes.removeFirst()
            if character != "\"" { skipSpaces() }
            return true
        }

        private mutating func skipSpaces() {
            bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
        }
    }
}
