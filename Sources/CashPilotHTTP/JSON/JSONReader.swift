/// A value in a request body. No field accepts an array or an object, so the reader only validates those.
enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// An integer outside the range of `Int64`.
    case hugeInteger
    /// A number with a fraction or an exponent.
    case decimal
    case string(String)
    case array
    case object
}

/// A member of the body's object.
struct JSONMember: Equatable {
    let name: String
    let value: JSONValue
}

/// Why the bytes are not acceptable JSON.
struct JSONError: Error, Equatable {
    /// The offset of the first invalid byte, from 0. The length if the input ends too early.
    let offset: Int
}

/// Parses JSON in one pass, strictly by RFC 8259.
///
/// The input must be valid UTF-8, without duplicate names in an object and at most ``nestingMax`` levels deep.
/// Foundation's reader accepts UTF-16, keeps one of two members with the same name, reads `5.0` as an integer, and
/// does not report the offset of an error.
struct JSONReader {
    /// Maximum nesting depth of objects and arrays, including the body's own object.
    static let nestingMax = 32

    let bytes: [UInt8]
    /// The offset of the next byte.
    var offset = 0
    private var nesting = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The members of a JSON object; `nil` if the JSON is not an object.
    static func members(of bytes: [UInt8]) throws(JSONError) -> [JSONMember]? {
        var reader = JSONReader(bytes)
        var members: [JSONMember] = []
        reader.skipSpace()
        let value = try reader.value { members.append($0) }
        reader.skipSpace()
        guard reader.offset == bytes.count else { throw reader.fault }
        return value == .object ? members : nil
    }

    /// The next byte; 0 at the end, because JSON contains no 0 byte outside strings.
    var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    var fault: JSONError { JSONError(offset: offset) }

    mutating func expect(_ byte: UInt8) throws(JSONError) {
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
