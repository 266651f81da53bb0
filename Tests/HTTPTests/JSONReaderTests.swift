import Fuzz
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
            (#"{"n":5.0}"#, [("n", .integer(5))]),
            (#"{"n":1e400,"m":2E+1,"o":0e-0}"#, [("n", .hugeInteger), ("m", .integer(20)), ("o", .integer(0))]),
            ("\u{FEFF}{\"n\":1}", [("n", .integer(1))]),
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
            ("\u{FEFF}", 3), ("\u{FEFF}{]", 4), ("\u{FEFF}\u{FEFF}{}", 3), (" \u{FEFF}{}", 1), ("{\u{FEFF}}", 1),
            ("{}\0", 2), ("\0{}", 0),
        ])
    func refuses(_ text: String, _ offset: Int) {
        #expect(throws: JSONError(offset: offset)) { try JSONReader.members(of: Array(text.utf8)) }
    }

    private func number(_ text: String) throws -> JSONValue? {
        try JSONReader.members(of: Array(#"{"n":\#(text)}"#.utf8))?.first?.value
    }

    @Test(
        "A JSON number is an integer exactly if its value is whole, however it is spelled",
        arguments: [
            ("150000.0", .integer(150_000)), ("1.5e5", .integer(150_000)), ("15e4", .integer(150_000)),
            ("1500000e-1", .integer(150_000)), ("150000.000e0", .integer(150_000)), ("0.15E+6", .integer(150_000)),
            ("0.0000000000000000000000000000015e35", .integer(150_000)), ("-1.5e5", .integer(-150_000)),
            ("15000000000000000000000000000000000000000e-35", .integer(150_000)), ("1e3", .integer(1000)),
            ("-0", .integer(0)), ("-0.0", .integer(0)), ("0e99999999", .integer(0)), ("-0.00e-99999999", .integer(0)),
            ("0e999999999999999999999", .integer(0)), ("1.5", .decimal), ("150000.5", .decimal), ("1e-1", .decimal),
            ("15e-1", .decimal), ("0.1", .decimal), ("9007199254740993", .integer(9_007_199_254_740_993)),
            ("9007199254740992.5", .decimal), ("123456789012345678901234567890.5", .decimal),
            ("9223372036854775807.0", .integer(.max)), ("9223372036854775.807e3", .integer(.max)),
            ("-9223372036854775808.0", .integer(.min)), ("-922337203685477580.8e1", .integer(.min)),
            ("9223372036854775808.0", .hugeInteger), ("-9223372036854775809e0", .hugeInteger),
            ("18446744073709551615", .hugeInteger), ("18446744073709551616", .hugeInteger),
            ("184467440737095516160e-1", .hugeInteger), ("1e19", .hugeInteger),
            ("1e18", .integer(1_000_000_000_000_000_000)),
            ("1e999999999999999999999", .hugeInteger), ("-1e999999999999999999999", .hugeInteger),
            ("1e-999999999999999999999", .decimal), ("1e9223372036854775808", .hugeInteger),
        ] as [(String, JSONValue)])
    func numbers(_ text: String, _ value: JSONValue) throws {
        #expect(try number(text) == value)
    }

    @Test("A JSON number of 60 000 digits is exact")
    func longNumbers() throws {
        let zeros = String(repeating: "0", count: 60_000)
        #expect(try number("15" + zeros + "e-59996") == .integer(150_000))
        #expect(try number("0." + zeros + "15e60006") == .integer(150_000))
        #expect(try number("15." + zeros) == .integer(15))
        #expect(try number("15." + zeros + "1") == .decimal)
        #expect(try number("1" + zeros + "1e-1") == .decimal)
        #expect(try number(String(repeating: "9", count: 60_000)) == .hugeInteger)
    }

    @Test("A random integer that is spelled in many ways is read as itself")
    func spellings() throws {
        for _ in 0..<2_000 {
            let whole = Int64.random(in: .min ... .max) >> Int64.random(in: 0..<64)
            let (sign, digits) = (whole < 0 ? "-" : "", String(whole.magnitude))
            for shift in [0, 1, 7, 25] {
                let zeros = String(repeating: "0", count: shift)
                // A number has no leading zero.
                let longer = whole == 0 ? "0" : "\(whole)\(zeros)"
                #expect(try number("\(longer)e-\(shift)") == .integer(whole))
                #expect(try number("\(whole).\(zeros)0") == .integer(whole))
                let padded = zeros + digits
                #expect(try number("\(sign)0.\(padded)E+\(padded.count)") == .integer(whole))
            }
        }
    }

    @Test("A random number is read as another reader of decimal texts reads it")
    func otherReader() throws {
        func digits(_ range: ClosedRange<Int>) -> String {
            (0..<Int.random(in: range)).map { _ in Bool.random() ? "0" : String(Int.random(in: 0...9)) }.joined()
        }
        for _ in 0..<20_000 {
            let front = Bool.random() ? "0" : "\(Int.random(in: 1...9))\(digits(0...22))"
            let fraction = Bool.random() ? "" : ".\(Int.random(in: 0...9))\(digits(0...22))"
            let sign = ["", "+", "-"].randomElement() ?? ""
            let exponent = Bool.random() ? "" : "e\(sign)\(Int.random(in: 0...30))"
            let text = "\(Bool.random() ? "-" : "")\(front)\(fraction)\(exponent)"
            let expected: JSONValue =
                DecimalText.whole(text).map { Int64($0).map { .integer($0) } ?? .hugeInteger } ?? .decimal
            #expect(try number(text) == expected, "\(text)")
        }
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
