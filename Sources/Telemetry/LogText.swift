import Glibc
import JSON

/// The format of log lines.
package enum LogStyle: Sendable {
    /// One JSON object on each line, for log collectors.
    case json
    /// One plain-text line for each event, for a terminal.
    case plain
}

/// Log lines as bytes. Any input becomes exactly one line of bounded length.
package struct LogText {
    /// Maximum size of a line in bytes. A truncated line has the field `truncated`.
    static let lineMax = 32 << 10
    /// Maximum size of a value or message in bytes, including escapes. The rest is cut off.
    static let valueMax = 8 << 10
    /// Maximum size of a field name in bytes.
    static let nameMax = 128

    private(set) var bytes: [UInt8] = []
    private let style: LogStyle
    private var lineStart = 0
    private var clock = SecondText()
    private var isTruncated = false

    init(_ style: LogStyle, capacity: Int = 512) {
        self.style = style
        bytes.reserveCapacity(capacity)
    }

    /// Removes the lines and keeps the allocated memory.
    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func append(_ lines: LogText) { bytes.append(contentsOf: lines.bytes) }

    /// Begins a line. The caller must end it with ``end()``.
    ///
    /// - Parameter milliseconds: since 1970.
    package mutating func begin(at milliseconds: Int64, level: StaticString, message: String) {
        lineStart = bytes.count
        isTruncated = false
        switch style {
        case .json:
            append(#"{"ts":""#)
            appendTime(milliseconds)
            append(#"","level":""#)
            append(level)
            append(#"","message":""#)
            appendEscaped(message, max: Self.valueMax)
            append("\"")
        case .plain:
            appendTime(milliseconds)
            append(" ")
            append(level)
            append(" ")
            appendEscaped(message, max: Self.valueMax)
        }
    }

    package mutating func field(_ name: StaticString, _ value: String) {
        guard beginField(name) else { return }
        appendQuoted(value)
    }

    package mutating func field(_ name: StaticString, _ value: Int64) {
        guard beginField(name) else { return }
        bytes.append(decimal: value)
    }

    /// - Parameter value: writes plain ASCII without quotes, at most ``valueMax`` bytes.
    package mutating func field(_ name: StaticString, writing value: (inout [UInt8]) -> Void) {
        guard beginField(name) else { return }
        if style == .json { append("\"") }
        value(&bytes)
        if style == .json { append("\"") }
    }

    /// Adds a field whose name is not a constant.
    mutating func field(named name: String, _ value: String) {
        guard beginField(named: name) else { return }
        appendQuoted(value)
    }

    /// Adds a field whose name is not a constant.
    mutating func field(named name: String, _ value: Int64) {
        guard beginField(named: name) else { return }
        bytes.append(decimal: value)
    }

    package mutating func end() {
        if isTruncated {
            append(style == .json ? ",\"truncated\":true" : " truncated=true")
        }
        append(style == .json ? "}\n" : "\n")
    }

    // MARK: Pieces

    private mutating func beginField(_ name: StaticString) -> Bool {
        guard hasRoom else { return false }
        append(style == .json ? ",\"" : " ")
        append(name)
        append(style == .json ? "\":" : "=")
        return true
    }

    private mutating func beginField(named name: String) -> Bool {
        guard hasRoom else { return false }
        append(style == .json ? ",\"" : " ")
        appendEscaped(name, max: Self.nameMax)
        append(style == .json ? "\":" : "=")
        return true
    }

    /// Whether the longest field and the line's end still fit.
    private var hasRoom: Bool {
        mutating get {
            guard bytes.count - lineStart > Self.lineMax - Self.valueMax - Self.nameMax - 64 else { return true }
            isTruncated = true
            return false
        }
    }

    private mutating func appendQuoted(_ value: String) {
        let isBare =
            style == .plain && !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") }
        if !isBare { append("\"") }
        appendEscaped(value, max: Self.valueMax)
        if !isBare { append("\"") }
    }

    private mutating func append(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    /// Appends text with JSON escapes. The text then cannot end its string or line, or control a terminal.
    ///
    /// Quotes, control characters (C0, C1), line and paragraph separators and bidirectional marks are escaped.
    ///
    /// - Parameter max: the maximum size in bytes. A longer text is cut between two characters and ends in `…`.
    private mutating func appendEscaped(_ text: String, max: Int) {
        let isPlain: Bool? = text.utf8.withContiguousStorageIfAvailable { utf8 in
            guard utf8.count <= max, utf8.allSatisfy(Self.isPlain) else { return false }
            bytes.append(contentsOf: utf8)
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
        let millisecond = (milliseconds % 1000 + 1000) % 1000
        bytes.append(contentsOf: clock.text(of: (milliseconds - millisecond) / 1000))
        bytes.append(decimal: millisecond, width: 3)
        append("Z")
    }

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
            for shift: UInt32 in [12, 8, 4, 0] {
                let digit = UInt8(scalar.value >> shift & 15)
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20..<0x7f).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}

/// The text of the last second, `2026-11-23T17:15:00.`, which most lines of a busy service share.
private struct SecondText {
    private var second = Int64.min
    private var text: [UInt8] = []

    /// - Parameter second: since 1970, in the years 0 to 9999.
    mutating func text(of second: Int64) -> [UInt8] {
        guard second != self.second else { return text }
        var (time, parts) = (time_t(second), tm())
        gmtime_r(&time, &parts)
        text.removeAll(keepingCapacity: true)
        append(parts.tm_year + 1900, width: 4, "-")
        append(parts.tm_mon + 1, "-")
        append(parts.tm_mday, "T")
        append(parts.tm_hour, ":")
        append(parts.tm_min, ":")
        append(parts.tm_sec, ".")
        self.second = second
        return text
    }

    private mutating func append(_ number: Int32, width: Int = 2, _ mark: Unicode.Scalar) {
        text.append(decimal: Int64(number), width: width)
        text.append(contentsOf: String(mark).utf8)
    }
}
