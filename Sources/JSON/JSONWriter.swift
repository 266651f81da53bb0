/// Writes JSON byte by byte, with members in call order and no spaces.
///
/// Foundation's encoder costs more than the rest of a small response, escapes `/`, and does not keep the order of
/// members. The methods are not generic, because the compiler specializes no `package` code for another module.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    /// Whether the next member or item needs a comma before it.
    private var followsValue = false

    /// - Parameter capacity: the expected size in bytes. The buffer can grow beyond it.
    package init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    /// Writes an object with the members that the closure writes.
    package mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        begin(UInt8(ascii: "{"))
        try members(&self)
        end(UInt8(ascii: "}"))
    }

    /// Writes an array in which `item` writes the items 0 to `count` - 1.
    package mutating func array(count: Int, _ item: (inout JSONWriter, Int) throws -> Void) rethrows {
        begin(UInt8(ascii: "["))
        for place in 0..<count { try item(&self, place) }
        end(UInt8(ascii: "]"))
    }

    /// Writes a member's name; its value must follow.
    package mutating func name(_ name: StaticString) { write(name, isNull: false) }

    /// Writes a member, or `null`.
    package mutating func member(_ name: StaticString, _ text: String?) {
        guard let text else { return null(name) }
        write(name, isNull: false)
        value(text)
    }

    package mutating func member(_ name: StaticString, _ number: Int64?) {
        guard let number else { return null(name) }
        write(name, isNull: false)
        value(number)
    }

    package mutating func member(_ name: StaticString, _ flag: Bool) {
        write(name, isNull: false)
        value(flag)
    }

    /// Writes a member with a quoted value, as ``quoted(_:)``.
    package mutating func member(_ name: StaticString, quoted content: (inout [UInt8]) -> Void) {
        write(name, isNull: false)
        quoted(content)
    }

    /// Writes a member with the value `null`.
    package mutating func null(_ name: StaticString) { write(name, isNull: true) }

    package mutating func null() { literal("null") }

    package mutating func value(_ value: Bool) { literal(value ? "true" : "false") }

    package mutating func value(_ value: Int64) {
        separate()
        bytes.append(decimal: value)
        followsValue = true
    }

    /// Writes a text that is already JSON.
    package mutating func value(json text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        followsValue = true
    }

    /// Writes a quoted string and escapes the characters that JSON forbids.
    package mutating func value(_ text: String) {
        begin(UInt8(ascii: "\""))
        let isPlain = text.utf8.withContiguousStorageIfAvailable { utf8 in
            guard utf8.allSatisfy(Self.isPlain) else { return false }
            bytes.append(contentsOf: utf8)
            return true
        }
        if isPlain != true { for byte in text.utf8 { append(escaping: byte) } }
        end(UInt8(ascii: "\""))
    }

    /// Writes a quoted string. `content` appends its bytes unescaped, so only digits, letters and the like.
    package mutating func quoted(_ content: (inout [UInt8]) -> Void) {
        begin(UInt8(ascii: "\""))
        content(&bytes)
        end(UInt8(ascii: "\""))
    }

    // MARK: Pieces

    private mutating func write(_ name: StaticString, isNull: Bool) {
        name.withUTF8Buffer { name in
            bytes.append(addingCapacity: name.count + 8) { $0.append(name: name, comma: followsValue, isNull: isNull) }
        }
        followsValue = isNull
    }

    private mutating func begin(_ mark: UInt8) {
        separate()
        bytes.append(mark)
        followsValue = false
    }

    private mutating func end(_ mark: UInt8) {
        bytes.append(mark)
        followsValue = true
    }

    private mutating func separate() {
        if followsValue { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func literal(_ text: StaticString) {
        separate()
        append(text)
        followsValue = true
    }

    private mutating func append(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    /// Whether a string can contain this byte without an escape.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
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
    /// Appends `,"name":null`, or a part of it. The buffer must already have enough capacity.
    fileprivate mutating func append(name: UnsafeBufferPointer<UInt8>, comma: Bool, isNull: Bool) {
        withUnsafeMutableBufferPointer { buffer, count in
            if comma {
                buffer.initializeElement(at: count, to: UInt8(ascii: ","))
                count += 1
            }
            buffer.initializeElement(at: count, to: UInt8(ascii: "\""))
            _ = UnsafeMutableBufferPointer(rebasing: buffer[(count + 1)...]).update(fromContentsOf: name)
            count += name.count + 1
            buffer.initializeElement(at: count, to: UInt8(ascii: "\""))
            buffer.initializeElement(at: count + 1, to: UInt8(ascii: ":"))
            count += 2
            guard isNull else { return }
            for byte in "null".utf8 {
                buffer.initializeElement(at: count, to: byte)
                count += 1
            }
        }
    }
}

extension [UInt8] {
    /// Appends a number in decimal digits.
    ///
    /// - Parameter width: the minimum number of digits, up to 20.
    package mutating func append(decimal number: Int64, width: Int = 1) {
        if number < 0 { append(UInt8(ascii: "-")) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var (rest, start) = (number.magnitude, digits.count)
            repeat {
                start -= 1
                digits.initializeElement(at: start, to: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10))
                rest /= 10
            } while rest > 0 || digits.count - start < width
            append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }
}
