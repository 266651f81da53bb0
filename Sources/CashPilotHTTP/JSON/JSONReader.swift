/// A value in a request's body. No field of this API holds an array or an object, so those are checked and passed over.
enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Written as an integer, but beyond `Int64`.
    case hugeInteger
    /// Written with a fraction or an exponent.
    case decimal
    case string(String)
    case array
    case object
}

/// A member of the body's object, in its place.
struct JSONMember: Equatable {
    let name: String
    let value: JSONValue
}

/// Why bytes are no JSON that this service reads.
struct JSONFault: Error, Equatable {
    /// Of the first byte that cannot be, counted from 0; the length if the text ends too soon.
    let offset: Int
}

/// Reads JSON in one pass: RFC 8259 to the letter, in valid UTF-8, no name twice in an object, and at most
/// ``nestingMax`` objects and arrays inside each other.
///
/// Foundation's reader takes UTF-16, keeps one of two members with the same name, takes `5.0` for an integer,
/// and tells nobody where it stumbled.
struct JSONReader {
    /// How deep objects and arrays may nest; the body's own object is the first.
    static let nestingMax = 32

    let bytes: [UInt8]
    /// Where the next byte is.
    var offset = 0
    private var nesting = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The members of the object that `bytes` are; `nil` if they are other JSON.
    static func members(of bytes: [UInt8]) throws(JSONFault) -> [JSONMember]? {
        var reader = JSONReader(bytes)
        var members: [JSONMember] = []
        reader.skipSpace()
        let value = try reader.value { members.append($0) }
        reader.skipSpace()
        guard reader.offset == bytes.count else { throw reader.fault }
        return value == .object ? members : nil
    }

    /// The next byte; 0, which no JSON holds outside a string, at the end.
    var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    var fault: JSONFault { JSONFault(offset: offset) }

    mutating func expect(_ byte: UInt8) throws(JSONFault) {
        guard next == byte else { throw fault }
        offset += 1
    }

    private mutating func skipSpace() {
        while next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { offset += 1 }
    }

    /// Reads a value; `keep` gets the members if it is an object.
    private mutating func value(keep: (JSONMember) -> Void = { _ in }) throws(JSONFault) -> JSONValue {
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

    private mutating func object(keep: (JSONMember) -> Void) throws(JSONFault) -> JSONValue {
        try enter()
        var names: Set<[UInt8]> = []
        if next != UInt8(ascii: "}") {
            repeat {
                let start = offset
                let name = try string()
                // Compared byte for byte: Swift's `==` would also equate é with e + ´.
                guard names.insert(Array(name.utf8)).inserted else { throw JSONFault(offset: start) }
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

    private mutating func array() throws(JSONFault) -> JSONValue {
        try enter()
        if next != UInt8(ascii: "]") {
            repeat { _ = try value() } while try another(before: UInt8(ascii: "]"))
        }
        try leave(UInt8(ascii: "]"))
        return .array
    }

    /// Takes the comma after an item and the space around it; `false` if the end comes instead.
    private mutating func another(before end: UInt8) throws(JSONFault) -> Bool {
        skipSpace()
        guard next != end else { return false }
        try expect(UInt8(ascii: ","))
        skipSpace()
        return true
    }

    private mutating func enter() throws(JSONFault) {
        guard nesting < Self.nestingMax else { throw fault }
        nesting += 1
        offset += 1
        skipSpace()
    }

    private mutating func leave(_ end: UInt8) throws(JSONFault) {
        try expect(end)
        nesting -= 1
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        for place in 0..<text.utf8CodeUnitCount { try expect(text.utf8Start[place]) }
        return value
    }
}
