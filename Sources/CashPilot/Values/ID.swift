/// A typed UUID: a cashier's id cannot be passed where a business's id is expected.
package struct ID<Entity>: Hashable, Sendable {
    /// The first eight bytes, most significant first.
    package let high: UInt64
    /// The last eight bytes.
    package let low: UInt64

    /// Makes an id from the two halves that a store reads.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Parses the canonical form, 8-4-4-4-12 hexadecimal digits in any case; `nil` for any other text.
    package init?(_ text: Substring) {
        var text = text
        guard let halves = text.withUTF8(UUIDText.halves) else { return nil }
        self.init(high: halves.high, low: halves.low)
    }

    /// Parses a whole string in the canonical form.
    package init?(_ text: String) { self.init(text[...]) }

    /// Appends the canonical form in lower case, 36 ASCII bytes.
    package func write(to bytes: inout [UInt8]) { UUIDText.write(high, low, to: &bytes) }
}

extension ID: CustomStringConvertible {
    package var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}

package typealias SessionID = ID<Session>
package typealias BusinessID = ID<Business>
/// Cashiers and administrators are both users.
package typealias UserID = ID<User>
package typealias AuditEventID = ID<AuditEvent>
