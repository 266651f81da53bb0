import CashPilot

/// Writes JSON byte by byte, with members in call order and no spaces.
///
/// Foundation's encoder costs more than the rest of a small response, escapes `/`, and does not keep the order of
/// members.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    /// Whether the next member or item needs a comma before it.
    private var followsValue = false

    /// - Parameter capacity: the expected size in bytes. The buffer can grow beyond it.
    init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    /// Writes an object with the members that the closure writes.
    mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        separate()
        bytes.append(UInt8(ascii: "{"))
        followsValue = false
        try members(&self)
        bytes.append(UInt8(ascii: "}"))
        followsValue = true
    }

    /// Writes an array in which `item` writes each of `items`.
    mutating func array<Item>(_ items: [Item], _ item: (inout JSONWriter, Item) throws -> Void) rethrows {
        separate()
        bytes.append(UInt8(ascii: "["))
        followsValue = false
        // Indexes the array instead of iterating over it, which would copy each item.
        for place in items.indices { try item(&self, items[place]) }
        bytes.append(UInt8(ascii: "]"))
        followsValue = true
    }

    /// Writes a member's name; its value must follow.
    mutating func name(_ name: StaticString) {
        name.withUTF8Buffer { name in
            bytes.append(addingCapacity: name.count + 4) { text in
                if followsValue { text.append(UInt8(ascii: ",")) }
                text.append(UInt8(ascii: "\""))
                text.append(copying: name)
                text.append(UInt8(ascii: "\""))
                text.append(UInt8(ascii: ":"))
            }
        }
        followsValue = false
    }

    mutating func null() { literal("null") }
    mutating func value(_ value: Bool) { literal(value ? "true" : "false") }

    mutating func value(_ value: Int64) {
        separate()
        append(decimal: value)
        followsValue = true
    }

    /// Writes a text that is already JSON.
    mutating func value(json text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        followsValue = true
    }

    /// Writes a quoted string and escapes the characters that JSON forbids.
    mutating func value(_ text: some StringProtocol) {
        quoted { writer in
            let isPlain = text.utf8.withContiguousStorageIfAvailable { utf8 in
                guard utf8.allSatisfy(Self.isPlain) else { return false }
                writer.bytes.append(contentsOf: utf8)
                return true
            }
            if isPlain == true { return }
            for byte in text.utf8 { writer.append(escaping: byte) }
        }
    }

    /// Whether a string can contain this byte without an escape.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Writes a quoted string. `content` appends its bytes unescaped, so only digits, letters and the like.
    mutating func quoted(_ content: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        content(&self)
        bytes.append(UInt8(ascii: "\""))
        followsValue = true
    }

    mutating func append(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    /// Appends `number` with at least `width` digits.
    mutating func append(decimal number: Int64, width: Int = 1) { bytes.append(decimal: number, width: width) }

    mutating func append<Entity>(_ id: ID<Entity>) { id.write(to: &bytes) }

    mutating func append(_ date: CivilDate) { date.write(to: &bytes) }

    mutating func append(_ instant: Instant) { instant.write(to: &bytes) }

    private mutating func separate() {
        if followsValue { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func literal(_ text: StaticString) {
        separate()
        append(text)
        followsValue = true
    }

    private mutating func append(escaping byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case UInt8(ascii: "\n"): append("\\n")
        case UInt8(ascii: "\r"): append("\\r")
        case UInt8(ascii: "\t"): append("\\t")
        case 0..<0x20:
            append("\\u00")
            bytes.append(UInt8(ascii: "0") + byte >> 4)
            let low = byte & 15
            bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        default: bytes.append(byte)
        }
    }
}

extension OutputSpan<UInt8> {
    /// Appends `bytes`. The buffer must already have enough capacity.
    fileprivate mutating func append(copying bytes: UnsafeBufferPointer<UInt8>) {
        withUnsafeMutableBufferPointer { buffer, count in
            _ = UnsafeMutableBufferPointer(rebasing: buffer[count...]).update(fromContentsOf: bytes)
            count += bytes.count
        }
    }
}
