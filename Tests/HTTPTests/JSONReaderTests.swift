import Testing

@testable import JSON

@Suite("JSON reader")
struct JSONReaderTests {
    @Test(
        "A JSON object is read as its members, in order",
        arguments: [
            ("{}", []),
            (" \t\r\n{ } \n", []),
            (#"{"a":null,"b":true,"c":false}"#, [("a", .null), ("b", .bool(true)), ("c", .bool(false))]),
            (#"{"z":1,"a":2}"#, [("z", .integer(1)), ("a", .integer(2))]),
            (#"{"n":-0}"#, [("n", .integer(0))]),
            (#"{"n":9223372036854775807}"#, [("n", .integer(.max))]),
            (#"{"n":-9223372036854775808}"#, [("n", .integer(.min))]),
            (#"{"n":9223372036854775808}"#, [("n", .hugeInteger)]),
            (#"{"n":-9223372036854775809}"#, [("n", .hugeInteger)]),
            (#"{"n":123456789012345678901234567890}"#, [("n", .hugeInteger)]),
            (#"{"n":5.0}"#, [("n", .decimal)]),
            (#"{"n":1e400,"m":2E+1,"o":0e-0}"#, [("n", .decimal), ("m", .decimal), ("o", .decimal)]),
            (#"{"s":"","t":"a\"\\\/\b\f\n\r\tz"}"#, [("s", .string("")), ("t", .string("a\"\\/\u{8}\u{c}\n\r\tz"))]),
            (#"{"s":"\u00e9\u20AC\ud83d\ude00"}"#, [("s", .string("é€😀"))]),
            (#"{"s":"é€😀"}"#, [("s", .string("é€😀"))]),
            (#"{"s":"\u0000"}"#, [("s", .string("\0"))]),
            (#"{"a":[],"b":[1,[{}],"x"],"c":{"a":{"a":1}}}"#, [("a", .array), ("b", .array), ("c", .object)]),
            (#"{"\u00e9":1,"e\u0301":2}"#, [("é", .integer(1)), ("e\u{301}", .integer(2))]),
        ] as [(String, [(String, JSONValue)])])
    func reads(_ text: String, _ members: [(String, JSONValue)]) throws {
        let read = try #require(try JSONReader.members(of: Array(text.utf8)))
        #expect(read == members.map { JSONMember(name: $0.0, value: $0.1) })
    }

    @Test(
        "A JSON value other than an object is valid and has no members",
        arguments: ["[]", "1", "\"x\"", "null", " true ", "[{\"a\":1}]"])
    func readsOtherThanObjects(_ text: String) throws {
        #expect(try JSONReader.members(of: Array(text.utf8)) == nil)
    }

    @Test(
        "Invalid JSON is refused with the offset of its first invalid byte",
        arguments: [
            ("", 0), (" ", 1), ("{", 1), ("}", 0), ("nul", 3), ("nulL", 3), ("tru e", 3), ("{}{}", 2), ("{} x", 3),
            (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7), (#"{,"a":1}"#, 1), (#"{"a":1 "b":2}"#, 7),
            (#"{a:1}"#, 1), (#"{'a':1}"#, 1), (#"{"a":1"#, 6), (#"{"a":"x"#, 7), ("[1,]", 3), ("[1", 2), ("[,1]", 1),
            (#"{"a":01}"#, 6), (#"{"a":+1}"#, 5), (#"{"a":.5}"#, 5), (#"{"a":1.}"#, 7), (#"{"a":1e}"#, 7),
            (#"{"a":-}"#, 6), (#"{"a":0x1}"#, 6), (#"{"a":NaN}"#, 5), (#"{"a":Infinity}"#, 5), ("// x\n{}", 0),
            (#"{"a":1,"a":2}"#, 7), (#"{"a":1,"\u0061":2}"#, 7), (#"{"b":{"a":1,"a":2}}"#, 12),
            (#"{"a":"\x"}"#, 7), (#"{"a":"\u12G4"}"#, 10), (#"{"a":"\ud800"}"#, 6), (#"{"a":"\ud800x"}"#, 6),
            (#"{"a":"\ud800\u0041"}"#, 6), (#"{"a":"\udc00"}"#, 6), ("{\"a\":\"\n\"}", 6), ("{\"a\":\"\t\"}", 6),
            ("\u{FEFF}{}", 0), ("{}\0", 2), ("\0{}", 0),
        ])
    func refuses(_ text: String, _ offset: Int) {
        #expect(throws: JSONError(offset: offset)) { try JSONReader.members(of: Array(text.utf8)) }
    }

    @Test("A control character is accepted in JSON only as an escape")
    func controlCharacters() throws {
        for code in UInt8(0)..<0x20 {
            let plain = Array(#"{"a":"x"#.utf8) + [code] + Array(#""}"#.utf8)
            #expect(throws: JSONError(offset: 7), "\(code)") { try JSONReader.members(of: plain) }
            let digits = (code < 0x10 ? "0" : "") + String(code, radix: 16)
            let escaped = Array("{\"a\":\"\\u00\(digits)\"}".utf8)
            let text = String(Character(Unicode.Scalar(code)))
            #expect(try JSONReader.members(of: escaped) == [JSONMember(name: "a", value: .string(text))], "\(code)")
        }
        let others = " \u{7F}\u{80}"
        #expect(
            try JSONReader.members(of: Array("{\"a\":\"\(others)\"}".utf8))
                == [JSONMember(name: "a", value: .string(others))])
    }

    @Test(
        "Invalid UTF-8 in JSON is refused with its offset",
        arguments: [
            ([0x80], 6), ([0xC0, 0x80], 6), ([0xC1, 0xBF], 6), ([0xE0, 0x80, 0x80], 7), ([0xED, 0xA0, 0x80], 7),
            ([0xF0, 0x80, 0x80, 0x80], 7), ([0xF4, 0x90, 0x80, 0x80], 7), ([0xF5, 0x80, 0x80, 0x80], 6),
            ([0xC3], 7), ([0xE2, 0x82], 8), ([0xFF], 6), ([0xE2, 0x28, 0xA1], 7),
        ] as [([UInt8], Int)])
    func refusesOtherEncodings(_ bytes: [UInt8], _ offset: Int) {
        let body = Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8)
        #expect(throws: JSONError(offset: offset)) { try JSONReader.members(of: body) }
    }

    @Test("JSON may nest 32 levels deep and no deeper")
    func nesting() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(#"{"a":"#.utf8) + Array(String(repeating: "[", count: depth - 1).utf8)
                + Array(String(repeating: "]", count: depth - 1).utf8) + Array("}".utf8)
        }
        #expect(try JSONReader.members(of: nested(32)) == [JSONMember(name: "a", value: .array)])
        #expect(throws: JSONError(offset: 36)) { try JSONReader.members(of: nested(33)) }
        #expect(throws: JSONError(offset: 32)) { try JSONReader.members(of: Array(repeating: 0x5B, count: 65_536)) }
    }
}
