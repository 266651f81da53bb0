import CashPilot

/// The secret of a credential: `cps_` for a login or `cpk_` for an API key, and 256 random bits in base64url. The
/// server shows it once and stores only its hash.
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

extension Credential.Kind {
    /// Distinguishes the kinds for people, and makes leaked bearers easy to find.
    fileprivate var prefix: String {
        switch self {
        case .login: "cps_"
        case .apiKey: "cpk_"
        }
    }
}
