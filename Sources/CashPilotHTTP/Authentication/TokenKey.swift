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
        guard (1...64).contains(id.utf8.count), id.utf8.allSatisfy(Self.isAllowed) else { throw .malformedID }
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

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
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
