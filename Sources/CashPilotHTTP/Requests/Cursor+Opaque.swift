import CashPilot

/// Encodes cursors for clients as 40 opaque characters.
///
/// A cursor contains the position in the list (24 bytes) and six bytes of a hash. The hash is a SHA-256 over the
/// position, the list and its filters. It is not secret and protects nothing. It detects a cursor that a client sends
/// to another list.
extension Cursor {
    private static var checkBytes: Int { 6 }

    /// - Parameter scope: the list and its filters.
    func opaque(scope: String) -> String { Base64.url.encode(bytes + Self.check(bytes, scope: scope)) }

    /// Decodes a cursor from ``opaque(scope:)`` with the same scope; `nil` for anything else.
    init?(opaque text: String, scope: String) {
        guard text.utf8.count == 40, let decoded = Base64.url.decode(text.utf8), decoded.count == 30 else { return nil }
        let bytes = Array(decoded.prefix(24))
        guard decoded.suffix(Self.checkBytes).elementsEqual(Self.check(bytes, scope: scope)) else { return nil }
        // Clients can forge a cursor, so its time must be within the store's range.
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
