/// A parsed query string: names and values with their escapes decoded.
struct QueryText {
    /// Maximum number of parameters. No list has a third as many.
    static let pairsMax = 50

    struct Pair {
        let name: String
        /// The decoded value; `nil` after an invalid escape or invalid UTF-8.
        let value: String?
        /// The text as received.
        let raw: Substring
    }

    let pairs: [Pair]

    /// - Throws: a ``Problem``, `BAD_REQUEST`, beyond ``pairsMax`` parameters.
    init(_ query: String?) throws(Problem) {
        let parts = (query ?? "").split(separator: "&", maxSplits: Self.pairsMax)
        guard parts.count <= Self.pairsMax else { throw Problem(.badRequest) }
        pairs = parts.map { part in
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decode(halves[0].utf8) ?? String(halves[0])
            return Pair(name: name, value: halves.count == 2 ? Self.decode(halves[1].utf8) : "", raw: part)
        }
    }

    /// Decodes `%41` and `+`; `nil` if the result is not valid UTF-8.
    static func decode(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hex), let low = rest.popFirst().flatMap(hex) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
