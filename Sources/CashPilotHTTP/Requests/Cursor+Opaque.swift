import CashPilot

/// Cursors as clients hold them: 40 characters that mean nothing to them.
///
/// Inside are the place in the list, 24 bytes, and the first six of a SHA-256 over it and over the list with its
/// filters. That is no secret, for there is nothing to protect: it catches a cursor that went to the wrong list.
extension Cursor {
    private static var checkBytes: Int { 6 }

    /// - Parameter scope: the list and its filters.
    func opaque(scope: String) -> String { Base64.url.encode(bytes + Self.check(bytes, scope: scope)) }

    /// Reads what ``opaque(scope:)`` made for the same scope; `nil` for anything else.
    init?(opaque text: String, scope: String) {
        guard text.utf8.count == 40, let decoded = Base64.url.decode(text.utf8), decoded.count == 30 else {
            return nil
        }
        let bytes = Array(decoded.prefix(24))
        guard decoded.suffix(Self.checkBytes).elementsEqual(Self.check(bytes, scope: scope)) else { return nil }
        // Anybody can make a cursor of their own; what it names must still be a moment that the store can hold.
        let instant = Instant(milliseconds: Int64(bitPattern: Self.word(bytes[0..<8])))
        guard Instant.accepted.contains(instant) else { return nil }
        self.init(
            instant: instant,
            id: ID(high: Self.word(bytes[8..<16]), low: Self.word(bytes[16..<24])))
    }

    private var bytes: [UInt8] {
        [UInt64(bitPattern: instant.milliseconds), id.high, id.low].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
        }
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    private static func check(_ bytes: [UInt8], scope: String) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        hash.update(scope.utf8)
        return Array(hash.finalize().bytes.prefix(checkBytes))
    }
}
