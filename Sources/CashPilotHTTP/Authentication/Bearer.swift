import CashPilot
import HTTPTypes
import HummingbirdCore

/// The secret of a credential: `cps_` for a login, `cpk_` for an API key or `cpt_` for a terminal, and 256 random bits
/// in base64url. The server shows it once and stores only its hash.
package struct Bearer: Sendable {
    static let bytes = 32

    package let text: String

    /// Makes a new bearer.
    ///
    /// - Parameter random: returns 64 unpredictable bits on each call.
    package init(_ kind: Credential.Kind, random: () -> UInt64) {
        let words = (0..<Self.bytes / 8).map { _ in random() }
        let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
        text = kind.prefix + Base64.url.encode(bytes)
    }

    /// Derives a bearer from another one. Equal parts give equal bearers.
    ///
    /// Only the holder of `other` can derive it. The hash that the database has of `other` does not suffice, because
    /// the derivation hashes `other` after a text.
    init(_ kind: Credential.Kind, derivedFrom other: Bearer, for parts: [String]) {
        var hash = SHA256()
        for part in ["cashpilot", kind.rawValue, other.text] + parts { hash.update(part: part) }
        text = kind.prefix + Base64.url.encode(hash.finalize().bytes)
    }

    /// Parses a bearer; `nil` for anything else, which then needs no database query.
    package init?(_ text: some StringProtocol) {
        guard let kind = Credential.Kind.allCases.first(where: { text.utf8.starts(with: $0.prefix.utf8) }),
            Base64.url.decode(text.utf8.dropFirst(kind.prefix.utf8.count))?.count == Self.bytes
        else { return nil }
        self.text = String(text)
    }

    /// The SHA-256 by which the database finds the credential. 256 random bits need no slow hash.
    package var hash: BearerHash { BearerHash(SHA256.hash(text.utf8).bytes) }
}

extension Request {
    /// The bearer in the `Authorization` header (RFC 6750).
    ///
    /// - Throws: a ``Problem``, 401, if there is none or it is malformed.
    func bearer() throws(Problem) -> Bearer {
        guard let text = headers.only(.authorization), let space = text.utf8.firstIndex(of: UInt8(ascii: " ")),
            text[..<space].lowercased() == "bearer"
        else { throw .noToken }
        guard let bearer = Bearer(text[text.utf8.index(after: space)...]) else { throw .invalidToken }
        return bearer
    }
}

extension Credential.Kind {
    /// Distinguishes the kinds for people, and makes leaked bearers easy to find.
    fileprivate var prefix: String {
        switch self {
        case .login: "cps_"
        case .apiKey: "cpk_"
        case .terminal: "cpt_"
        }
    }
}
