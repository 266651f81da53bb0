/// The secret of an API key: `cpk_` and 256 random bits in base64url. The server shows it once and stores only its
/// hash.
package struct APIKeySecret: Sendable {
    /// Distinguishes a key from a token, and makes leaked keys easy to find.
    package static let prefix = "cpk_"
    static let bytes = 32

    package let text: String

    /// Makes a new key.
    ///
    /// - Parameter random: returns 64 unpredictable bits on each call.
    package init(random: () -> UInt64) {
        let words = (0..<Self.bytes / 8).map { _ in random() }
        let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
        text = Self.prefix + Base64.url.encode(bytes)
    }

    /// Parses a key; `nil` for anything else, which then needs no database query.
    package init?(_ text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix),
            Base64.url.decode(text.utf8.dropFirst(Self.prefix.utf8.count))?.count == Self.bytes
        else { return nil }
        self.text = String(text)
    }

    /// The SHA-256 by which the database finds the key. 256 random bits need no slow hash.
    package var hash: [UInt8] { SHA256.hash(text.utf8).bytes }
}
