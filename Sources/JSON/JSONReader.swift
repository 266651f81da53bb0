/// A value in a request body. No field accepts an array or an object, so the reader only validates those.
package enum JSONValue: Equatable {
    case null
    case bool(Bool)
    /// A whole number, however it is spelled: `150000`, `150000.0` or `1.5e5`.
    case integer(Int64)
    /// A whole number outside the range of `Int64`.
    case hugeInteger
    /// A number that is not whole.
    case decimal
    case string(String)
    case array
    case object
}

/// A member of the body's object.
package struct JSONMember: Equatable {
    package let name: String
    package let value: JSONValue
}

/// Why the bytes are not acceptable JSON.
package struct JSONError: Error, Equatable {
    /// The offset of the first invalid byte, from 0. The length if the input ends too early.
    package let offset: Int
}

/// Parses JSON in one pass, strictly by RFC 8259.
///
/// The input must be valid UTF-8, without duplicate names in an object and at most ``nestingMax`` levels deep.
/// A byte order mark before it is ignored, as RFC 8259 allows. Foundation's reader accepts UTF-16, keeps one of two
/// members with the same name, rounds numbers to `Double`, and does not report the offset of an error.
package struct JSONReader {
    /// Maximum nesting depth of objects and arrays, including the body's own object.
    static let nestingMax = 32
    /// U+FEFF in UTF-8, which some editors and .NET's `StreamWriter` write first.
    package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let bytes: [UInt8]
    /// The offset of the next byte.
    private var offset = 0
    private var nesting = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The members of a JSON object; `nil` if the JSON is not an object.
    package static func members(of bytes: [UInt8]) throws(JSONError) -> [JSONMember]? {
        var reader = JSONReader(bytes)
        var members: [JSONMember] = []
        if bytes.starts(with: byteOrderMark) { reader.offset = byteOrderMark.count }
        reader.skipSpace()
        let value = try reader.value { members.append($0) }
        reader.skipSpace()
        guard reader.offset == bytes.count else { throw reader.fault }
        return value == .object ? members : nil
    }

    /// The next byte; 0 at the end, because JSON contains no 0 byte outside strings.
    private var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    private var fault: JSONError { JSONError(offset: offset) }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard next == byte else { throw fault }
        offset += 1
    }

    private mutating func skipSpace() {
        while next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { offset += 1 }
    }

    /// Reads a value. If it is an object, `keep` receives its members.
    private mutating func value(keep: (JSONMember) -> Void = { _ in }) throws(JSONError) -> JSONValue {
        switch next {
        case UInt8(ascii: "{"): return try object(keep: keep)
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw fault
        }
    }

    private mutating func object(keep: (JSONMember) -> Void) throws(JSONError) -> JSONValue {
        try enter()
        var names: Set<[UInt8]> = []
        if next != UInt8(ascii: "}") {
            repeat {
                let start = offset
                let name = try string()
                // Compares bytes, because Swift's `==` also equates é with e + ´.
                guard names.insert(Array(name.utf8)).inserted else { throw JSONError(offset: start) }
                skipSpace()
                try expect(UInt8(ascii: ":"))
                skipSpace()
                let value = try value()
                keep(JSONMember(name: name, value: value))
            } while try another(before: UInt8(ascii: "}"))
        }
        try leave(UInt8(ascii: "}"))
        return .object
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        try enter()
        if next != UInt8(ascii: "]") {
            repeat { _ = try value() } while try another(before: UInt8(ascii: "]"))
        }
        try leave(UInt8(ascii: "]"))
        return .array
    }

    /// Reads the comma after an item and the spaces around it. `false` at the end of the list.
    private mutating func another(before end: UInt8) throws(JSONError) -> Bool {
        skipSpace()
        guard next != end else { return false }
        try expect(UInt8(ascii: ","))
        skipSpace()
        return true
    }

    private mutating func enter() throws(JSONError) {
        guard nesting < Self.nestingMax else { throw fault }
        nesting += 1
        offset += 1
        skipSpace()
    }

    private mutating func leave(_ end: UInt8) throws(JSONError) {
        try expect(end)
        nesting -= 1
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for place in 0..<text.utf8CodeUnitCount { try expect(text.utf8Start[place]) }
        return value
    }
}

extension JSONReader {
    /// Reads a number: `-0`, `12.50`, `1.5e5`, but not `+1`, `01`, `.5` or `1.`.
    fileprivate mutating func number() throws(JSONError) -> JSONValue {
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { offset += 1 }
        var number = DecimalNumber(isNegative: isNegative)
        if next == UInt8(ascii: "0") {
            offset += 1
        } else {
            try digits { number.append($0, isFraction: false) }
        }
        if next == UInt8(ascii: ".") {
            offset += 1
            try digits { number.append($0, isFraction: true) }
        }
        var exponent = 0
        if next | 0x20 == UInt8(ascii: "e") {
            offset += 1
            let isDivided = next == UInt8(ascii: "-")
            if isDivided || next == UInt8(ascii: "+") { offset += 1 }
            try digits { exponent = DecimalNumber.append($0, toExponent: exponent) }
            if isDivided { exponent = -exponent }
        }
        return number.value(exponent: exponent)
    }

    /// Reads one or more digits.
    private mutating func digits(_ append: (UInt8) -> Void) throws(JSONError) {
        guard isDigit(next) else { throw fault }
        while isDigit(next) {
            append(next - UInt8(ascii: "0"))
            offset += 1
        }
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Reads a string and decodes its escapes.
    fileprivate mutating func string() throws(JSONError) -> String {
        try expect(UInt8(ascii: "\""))
        var text: [UInt8] = []
        while true {
            switch next {
            case UInt8(ascii: "\""):
                offset += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                offset += 1
                try escape(into: &text)
            case 0..<0x20: throw fault
            case 0x20..<0x80:
                text.append(next)
                offset += 1
            default: try multibyte(into: &text)
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        switch next {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(next)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): return try unicodeEscape(into: &text)
        default: throw fault
        }
        offset += 1
    }

    /// Reads `u` and four hexadecimal digits, and the second half of a surrogate pair. It rejects an unpaired
    /// surrogate, which UTF-8 cannot represent.
    private mutating func unicodeEscape(into text: inout [UInt8]) throws(JSONError) {
        let start = offset - 1
        var code = try codeUnit()
        if code & 0xFC00 == 0xD800 {
            guard next == UInt8(ascii: "\\") else { throw JSONError(offset: start) }
            offset += 1
            guard next == UInt8(ascii: "u") else { throw JSONError(offset: start) }
            let low = try codeUnit()
            guard low & 0xFC00 == 0xDC00 else { throw JSONError(offset: start) }
            code = 0x10000 + (code & 0x3FF) << 10 | low & 0x3FF
        }
        guard let scalar = Unicode.Scalar(code) else { throw JSONError(offset: start) }
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func codeUnit() throws(JSONError) -> UInt32 {
        offset += 1
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = hexDigit(next) else { throw fault }
            code = code << 4 | digit
            offset += 1
        }
        return code
    }

    private func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// Reads one UTF-8 sequence of two to four bytes. It rejects overlong forms, surrogates and values above
    /// U+10FFFF.
    private mutating func multibyte(into text: inout [UInt8]) throws(JSONError) {
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch next {
            case 0xC2...0xDF: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1...0xEF: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            case 0xF1...0xF3: (4, 0x80...0xBF)
            default: throw fault
            }
        for place in 0..<length {
            guard place == 0 || (place == 1 ? second : 0x80...0xBF).contains(next) else { throw fault }
            text.append(next)
            offset += 1
        }
    }
}
