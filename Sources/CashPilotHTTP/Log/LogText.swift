/// The format of log lines.
package enum LogStyle: Sendable {
    /// One JSON object on each line, for log collectors.
    case json
    /// One plain-text line for each event, for a terminal.
    case plain
}

/// Log lines as bytes. Any input becomes exactly one line of bounded length.
struct LogText {
    /// Maximum size of a line in bytes. A truncated line has the field `truncated`.
    static let lineMax = 32 << 10
    /// Maximum size of a value or message in bytes, including escapes. The rest is cut off.
    static let valueMax = 8 << 10
    /// Maximum size of a field name in bytes.
    static let nameMax = 128

    private(set) var bytes: [UInt8] = []
    private let style: LogStyle
    private var lineStart = 0
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
    mutating func begin(at milliseconds: Int64, level: StaticString, message: String) {
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

    mutating func field(_ name: StaticString, _ value: String) {
        guard beginField(name) else { return }
        appendQuoted(value)
    }

    mutating func field(_ name: StaticString, _ value: Int64) {
        guard beginField(name) else { return }
        appendDecimal(value)
    }

    /// - Parameter value: writes plain ASCII without quotes, at most ``valueMax`` bytes.
    mutating func field(_ name: StaticString, writing value: (inout [UInt8]) -> Void) {
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
        appendDecimal(value)
    }

    mutating func end() {
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

    mutating func append(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    mutating func appendRaw(_ write: (inout [UInt8]) -> Void) { write(&bytes) }

    mutating func appendRaw(_ raw: some Collection<UInt8>) { bytes.append(contentsOf: raw) }
}
