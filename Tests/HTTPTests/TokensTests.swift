import CashPilot
import Testing

@testable import CashPilotHTTP

@Suite("Bearer tokens")
struct TokensTests {
    @Test("An issued token has its user, language and expiry")
    func issued() throws {
        let forge = TokenForge()
        let tokens = try forge.tokens(lifetime: 3600)
        let (token, expiresIn) = tokens.issue(for: TokenForge.user)
        #expect(expiresIn == 3600)
        #expect(token.utf8.count < 512)
        let expected = TokenIdentity(userID: TokenForge.user.id, locale: .english, expiry: forge.clock.now + 3600)
        #expect(try tokens.verify(token) == expected)
        #expect(try tokens.verify(token) == expected, "and again, from the cache")
        #expect(try tokens.verify("Bearer \(token)".dropFirst(7)) == expected)
    }

    @Test("An unmodified token of the test forge is accepted")
    func control() throws {
        var forge = TokenForge()
        #expect(try forge.tokens().refusal(of: forge.token) == nil)
        forge.header = "{ \"typ\":\t\"JWT\" ,\"alg\" : \"HS256\",\n\"kid\":\"k1\" }"
        #expect(try forge.tokens().refusal(of: forge.token) == nil, "whatever the order and the spaces")
    }

    @Test(
        "A token with an unexpected header is rejected despite its valid signature",
        arguments: [
            #"{"alg":"none","kid":"k1","typ":"JWT"}"#,
            #"{"alg":"None","kid":"k1","typ":"JWT"}"#,
            #"{"alg":"HS512","kid":"k1","typ":"JWT"}"#,
            #"{"alg":"hs256","kid":"k1","typ":"JWT"}"#,
            #"{"alg":"RS256","kid":"k1","typ":"JWT"}"#,
            #"{"alg":"HS256","kid":"k2","typ":"JWT"}"#,
            #"{"alg":"HS256","kid":"","typ":"JWT"}"#,
            #"{"alg":"HS256","kid":null,"typ":"JWT"}"#,
            #"{"alg":"HS256","typ":"JWT"}"#,
            #"{"alg":"HS256","kid":"k1"}"#,
            #"{"alg":"HS256","kid":"k1","typ":"at+jwt"}"#,
            #"{"alg":"HS256","kid":"k1","typ":"JWT","crit":["exp"]}"#,
            #"{"alg":"HS256","kid":"k1","typ":"JWT","crit":"exp"}"#,
            #"{"alg":"HS256","kid":"k1","typ":"JWT","jku":"https://example.com/keys"}"#,
            #"{"alg":"HS256","kid":"k1","typ":"JWT","jwk":{}}"#,
            #"{"alg":"HS256","kid":"k1","typ":"JWT","x5u":"https://example.com/"}"#,
            #"{"alg":"HS256","kid":"k1","typ":"JWT","x5c":[]}"#,
            #"{"alg":"HS256","kid":"k1","typ":"JWT","zip":"DEF"}"#,
            #"{"alg":"none","alg":"HS256","kid":"k1","typ":"JWT"}"#,
            #"{"alg":"HS256","alg":"HS256","kid":"k1","typ":"JWT"}"#,
            #"{"alg":"HS256","kid":"k2","kid":"k1","typ":"JWT"}"#,
            #"{"\u0061lg":"HS256","kid":"k1","typ":"JWT"}"#,
            #"{"alg":"HS256","kid":"k1","typ":"JWT"}{}"#,
            #"{"alg":"HS256","kid":"k1","typ":"JWT",}"#,
            #"{"alg":"HS256","kid":"k1","typ":"JWT""#,
            #"["HS256","k1","JWT"]"#, "{}", "", "null",
        ])
    func header(_ header: String) throws {
        var forge = TokenForge()
        forge.header = header
        #expect(try forge.tokens().refusal(of: forge.token) == .header)
    }

    @Test("A token without a signature is rejected, with alg none or HS256")
    func unsigned() throws {
        var forge = TokenForge()
        let tokens = try forge.tokens()
        #expect(tokens.refusal(of: forge.signedPart + ".") == .signature)
        #expect(tokens.refusal(of: forge.signedPart) == .malformed)
        forge.header = #"{"alg":"none","typ":"JWT"}"#
        #expect(tokens.refusal(of: forge.signedPart + ".") == .header)
    }

    @Test("A change of any character of a token is detected, even in the unused bits of the last one")
    func tampered() throws {
        let forge = TokenForge()
        let tokens = try forge.tokens()
        let token = Array(forge.token.utf8)
        for place in token.indices {
            var changed = token
            changed[place] = token[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(tokens.refusal(of: String(decoding: changed, as: UTF8.self)) != nil, "at \(place)")
        }
        let neighbours = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let accepted = neighbours.count { tokens.refusal(of: forge.token.dropLast() + "\($0)") == nil }
        #expect(accepted == 1)
    }

    @Test("A token with the signature of other claims or of another secret is rejected")
    func exchanged() throws {
        var forge = TokenForge()
        let tokens = try forge.tokens()
        let parts = forge.token.split(separator: ".")
        forge.claims["sub"] = #""00000000-0000-7000-8000-000000000001""#
        let others = forge.token.split(separator: ".")
        #expect(tokens.refusal(of: "\(parts[0]).\(others[1]).\(parts[2])") == .signature)
        forge.secret = Array("another secret of more than 32 bytes".utf8)
        #expect(tokens.refusal(of: forge.token) == .signature)
    }

    @Test(
        "A token with a missing, wrong or mistyped claim is rejected",
        arguments: [
            ("iss", #""someone""#, TokenError.issuer), ("iss", nil, .malformed),
            ("aud", #""another-api""#, .audience), ("aud", "[]", .malformed),
            ("aud", #"["cashpilot-api"]"#, .malformed), ("aud", nil, .malformed),
            ("sub", #""ana""#, .malformed), ("sub", "7", .malformed), ("sub", nil, .malformed),
            ("exp", nil, .malformed), ("exp", #""never""#, .malformed), ("exp", "null", .malformed),
            ("exp", "1.5", .malformed), ("exp", "1e400", .malformed), ("exp", "99999999999999999999", .malformed),
            ("exp", "-9223372036854775808", .expired), ("nbf", "9223372036854775807", .notYetValid),
            ("iat", "9223372036854775807", .notYetValid), ("nbf", nil, .malformed), ("iat", nil, .malformed),
            ("locale", #""tlh""#, .malformed), ("locale", nil, .malformed),
        ] as [(String, String?, TokenError)])
    func claim(_ name: String, _ value: String?, _ fault: TokenError) throws {
        var forge = TokenForge()
        forge.claims[name] = value
        #expect(try forge.tokens().refusal(of: forge.token) == fault)
    }

    @Test("A token tolerates a clock difference of 5 s and no more")
    func leeway() throws {
        for (name, seconds, fault) in [
            ("exp", -4, nil), ("exp", -5, TokenError.expired), ("nbf", 5, nil), ("nbf", 6, .notYetValid),
            ("iat", 5, nil), ("iat", 6, .notYetValid),
        ] as [(String, Int64, TokenError?)] {
            var forge = TokenForge()
            forge.claims[name] = "\(forge.clock.now + seconds)"
            #expect(try forge.tokens().refusal(of: forge.token) == fault, "\(name) \(seconds)")
        }
    }

    @Test("A cached token still expires")
    func expiresInCache() throws {
        let forge = TokenForge()
        let tokens = try forge.tokens(lifetime: 60)
        let token = tokens.issue(for: TokenForge.user).token
        #expect(tokens.refusal(of: token) == nil)
        forge.clock.advance(by: 64)
        #expect(tokens.refusal(of: token) == nil)
        forge.clock.advance(by: 1)
        #expect(tokens.refusal(of: token) == .expired)
    }

    @Test(
        "A malformed token is rejected",
        arguments: ["", ".", "..", "...", "a.b.c", "ñ.ñ.ñ", "a.b.c.d.e", "{}.{}.{}"])
    func noToken(_ text: String) throws {
        #expect(try TokenForge().tokens().refusal(of: text) == .malformed)
    }

    @Test("A token larger than 4 KiB is rejected")
    func oversized() throws {
        var forge = TokenForge()
        let tokens = try forge.tokens()
        #expect(tokens.refusal(of: String(repeating: "a", count: 4096)) == .malformed)
        #expect(tokens.refusal(of: String(repeating: "a", count: 4097)) == .tooLong)
        forge.claims["more"] = "\"\(String(repeating: "m", count: 4096))\""
        #expect(tokens.refusal(of: forge.token) == .tooLong)
    }

    @Test("After a key rotation tokens of the former key are valid, and new tokens use the new key")
    func rotation() throws {
        let forge = TokenForge()
        let former = try forge.tokens()
        let token = former.issue(for: TokenForge.user).token
        let clock = forge.clock
        let rotated = try Tokens(
            signing: TokenKey(secret: Array(repeating: 7, count: 32)),
            accepting: [TokenKey(id: "k1", secret: TokenForge.secret)], now: { clock.now })
        #expect(rotated.refusal(of: token) == nil)
        let new = rotated.issue(for: TokenForge.user).token
        #expect(rotated.refusal(of: new) == nil)
        #expect(former.refusal(of: new) == .header)
    }

    @Test("A token that names another key than the one that signed it is rejected")
    func confusedKeys() throws {
        var forge = TokenForge()
        let other = try TokenKey(id: "k2", secret: Array(repeating: 7, count: 32))
        let tokens = try forge.tokens(accepting: [other])
        forge.header = #"{"alg":"HS256","kid":"k2","typ":"JWT"}"#
        #expect(tokens.refusal(of: forge.token) == .signature)
    }

    @Test("A secret under 32 bytes, a malformed key id and a repeated key id are rejected")
    func keys() throws {
        #expect(throws: TokenKeyError.secretTooShort(bytes: 31)) {
            try TokenKey(secret: Array(repeating: 1, count: 31))
        }
        #expect(throws: TokenKeyError.malformedID) { try TokenKey(id: "a\"b", secret: TokenForge.secret) }
        #expect(throws: TokenKeyError.malformedID) { try TokenKey(id: "", secret: TokenForge.secret) }
        let key = try TokenKey(id: "k1", secret: Array(repeating: 1, count: 32))
        #expect(throws: TokenKeyError.sameID("k1")) { try TokenForge().tokens(accepting: [key]) }
        #expect(try TokenKey(secret: key.secret).id == TokenKey(secret: key.secret).id)
        #expect(try TokenKey(secret: key.secret).id != TokenKey(secret: TokenForge.secret).id)
    }
}
