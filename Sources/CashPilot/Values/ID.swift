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
package typealias MovementID = ID<Movement>

/// Makes UUID version 7 ids (RFC 9562). New rows are therefore adjacent at the end of an index.
///
/// The clock and the random source are injected.
package struct IDMaker: Sendable {
    private let milliseconds: @Sendable () -> UInt64
    private let random: @Sendable () -> UInt64

    /// - Parameters:
    ///   - milliseconds: since 1970; it only orders ids and is never read as a time.
    ///   - random: 64 unpredictable bits per call.
    package init(milliseconds: @escaping @Sendable () -> UInt64, random: @escaping @Sendable () -> UInt64) {
        self.milliseconds = milliseconds
        self.random = random
    }

    /// Makes an id: 48 bits of time and 74 random bits, plus the version and the variant.
    package func make<Entity>() -> ID<Entity> {
        ID(
            high: milliseconds() << 16 | 0x7000 | random() & 0x0fff,
            low: 0x8000_0000_0000_0000 | random() & 0x3fff_ffff_ffff_ffff)
    }
}

/// Reads and writes the text of a UUID.
///
/// It is separate from the generic ``ID``, so that it is compiled once: every request reads and writes several ids.
enum UUIDText {
    /// Parses the two halves of the canonical form, in any case; `nil` for any other text.
    static func halves(_ text: UnsafeBufferPointer<UInt8>) -> (high: UInt64, low: UInt64)? {
        guard text.count == 36 else { return nil }
        var halves: (high: UInt64, low: UInt64) = (0, 0)
        var place = 0
        while place < 36 {
            if isDash(place) {
                guard text[place] == UInt8(ascii: "-") else { return nil }
            } else {
                guard let digit = value(ofHex: text[place]) else { return nil }
                if place < 18 { halves.high = halves.high << 4 | digit } else { halves.low = halves.low << 4 | digit }
            }
            place += 1
        }
        return halves
    }

    /// Appends the canonical form in lower case.
    static func write(_ high: UInt64, _ low: UInt64, to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: 36) { text in
            text.append(hexOf: UInt32(truncatingIfNeeded: high >> 32))
            text.append(UInt8(ascii: "-"))
            text.append(hexOf: UInt16(truncatingIfNeeded: high >> 16))
            text.append(UInt8(ascii: "-"))
            text.append(hexOf: UInt16(truncatingIfNeeded: high))
            text.append(UInt8(ascii: "-"))
            text.append(hexOf: UInt16(truncatingIfNeeded: low >> 48))
            text.append(UInt8(ascii: "-"))
            text.append(hexOf: UInt16(truncatingIfNeeded: low >> 32))
            text.append(hexOf: UInt32(truncatingIfNeeded: low))
        }
    }

    private static func isDash(_ place: Int) -> Bool { place == 8 || place == 13 || place == 18 || place == 23 }

    private static func value(ofHex byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}

extension OutputSpan<UInt8> {
    /// Appends every hexadecimal digit of a number, in lower case.
    fileprivate mutating func append(hexOf number: some FixedWidthInteger & UnsignedInteger) {
        var rest = UInt64(number) << UInt64(64 - number.bitWidth)
        for _ in 0..<number.bitWidth / 4 {
            let digit = UInt8(truncatingIfNeeded: rest >> 60)
            // In ASCII, "a" is 39 positions after the character that follows "9".
            append(UInt8(ascii: "0") &+ digit &+ (digit > 9 ? 39 : 0))
            rest <<= 4
        }
    }
}
