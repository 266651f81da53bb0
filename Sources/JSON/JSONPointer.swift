/// Member names in JSON pointers (RFC 6901), written as URI fragments.
package enum JSONPointer {
    /// Maximum number of bytes of a client's name in a pointer.
    static let bytesMax = 100

    /// Escapes a name for use after `#/`. It escapes `~` and `/` for the pointer and other characters for the URI.
    ///
    /// - Returns: ASCII. A name longer than ``bytesMax`` is truncated.
    package static func fragment(of name: String) -> String {
        var escaped: [UInt8] = []
        for byte in name.utf8.prefix(bytesMax) {
            switch byte {
            case UInt8(ascii: "~"): escaped += "~0".utf8
            case UInt8(ascii: "/"): escaped += "~1".utf8
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                escaped.append(byte)
            default: escaped += "%\(hex(byte >> 4))\(hex(byte & 15))".utf8
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func hex(_ digit: UInt8) -> String { String(digit, radix: 16, uppercase: true) }
}
