/// An API key as its holder has it: `cpk_` and 256 random bits in base64url. It is shown once and kept nowhere.
package struct APIKeySecret: Sendable {
    /// Tells a key from a token, and finds one that was left where it should not be.
    package static let prefix = "cpk_"
    static let bytes = 32

    package let text: String

    /// A new key.
    ///
    /// - Parameter random: 64 unpredictable bits at each call.
    package init(random: () -> UInt64) {
        let words = (0..<Self.bytes / 8).map { _ in random() }
        let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
        text = Self.prefix + Base64.url.encode(bytes)
    }

    /// Reads a key; `nil` for anything else, so that nothing else is looked up.
    package init?(_ text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix),
            Base64.url.decode(text.utf8.dropFirst(Self.prefix.utf8.count))?.count == Self.bytes
        else { return nil }
        self.text = String(text)
    }

    /// SHA-256, by which it is looked up: 256 random bits need no slow hash.
    package var hash: [UInt8] { SHA256.hash(text.utf8).bytes }
}
