import CashPilot

extension LogText {
    /// Appends text with JSON escapes. The text then cannot end its string or line, or control a terminal.
    ///
    /// Quotes, control characters (C0, C1), line and paragraph separators and bidirectional marks are escaped.
    ///
    /// - Parameter max: the maximum size in bytes. A longer text is cut between two characters and ends in `…`.
    mutating func appendEscaped(_ text: String, max: Int) {
        let isPlain: Bool? = text.utf8.withContiguousStorageIfAvailable { utf8 in
            guard utf8.count <= max, utf8.allSatisfy(Self.isPlain) else { return false }
            appendRaw(utf8)
            return true
        }
        if isPlain == true { return }
        // Reserves six bytes for an escape and three for the ellipsis.
        let end = bytes.count + max - 9
        for scalar in text.unicodeScalars {
            guard bytes.count <= end else { return append("…") }
            appendEscaped(scalar)
        }
    }

    /// Appends a time such as `2026-11-23T17:15:00.000Z`.
    ///
    /// - Parameter milliseconds: since 1970.
    mutating func appendTime(_ milliseconds: Int64) {
        appendRaw { Instant(milliseconds: milliseconds).write(to: &$0) }
    }

    mutating func appendDecimal(_ value: Int64) { appendRaw { $0.append(decimal: value) } }

    private mutating func appendEscaped(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": append("\\\"")
        case "\\": append("\\\\")
        case "\n": append("\\n")
        case "\r": append("\\r")
        case "\t": append("\\t")
        case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{61c}", "\u{200e}"..."\u{200f}", "\u{2028}"..."\u{202e}",
            "\u{2066}"..."\u{2069}", "\u{feff}":
            append("\\u")
            for shift: UInt32 in [12, 8, 4, 0] { appendHex(UInt8(scalar.value >> shift & 15)) }
        default: appendRaw(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    private mutating func appendHex(_ digit: UInt8) {
        appendRaw(CollectionOfOne(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20..<0x7f).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
