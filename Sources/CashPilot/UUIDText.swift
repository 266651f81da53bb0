/// The text of a UUID. Not part of the generic ``ID``, so that it is compiled once and for no type in particular:
/// every request reads and writes several.
enum UUIDText {
    /// The two halves of the canonical form, in any case; `nil` for anything else.
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
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { text in
            var (half, shift) = (high, UInt64(60))
            for place in 0..<36 {
                if place == 18 {
                    // The dash after the first half; the digits go on with the second.
                    (half, shift) = (low, 60)
                }
                if isDash(place) {
                    text.initializeElement(at: place, to: UInt8(ascii: "-"))
                } else {
                    text.initializeElement(at: place, to: hex(UInt8(truncatingIfNeeded: half >> shift) & 15))
                    shift &-= 4
                }
            }
            bytes.append(contentsOf: UnsafeBufferPointer(text))
        }
    }

    private static func isDash(_ place: Int) -> Bool { place == 8 || place == 13 || place == 18 || place == 23 }

    private static func hex(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }

    private static func value(ofHex byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
