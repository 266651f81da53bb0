import CashPilot
import JSON
import Testing

@testable import CashPilotHTTP

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "A timestamp is read with any offset, to the millisecond",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01T00:00:00.001Z", 1), ("1969-12-31T23:59:59.999Z", -1),
            ("1970-01-01t03:00:00+03:00", 0), ("1969-12-31T21:00:00-03:00", 0), ("1970-01-01T00:00:00z", 0),
            ("1970-01-01T00:00:00.5Z", 500), ("1970-01-01T00:00:00.05Z", 50), ("1970-01-01T00:00:00.0019999Z", 1),
            ("1970-01-01T00:00:00.123456789Z", 123), ("1970-01-01T00:00:00-00:00", 0),
            ("2026-11-23T14:15:00-03:00", 1_795_454_100_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
            ("2000-02-29T00:00:00Z", 951_782_400_000),
        ] as [(String, Int64)])
    func reads(_ text: String, _ milliseconds: Int64) {
        #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        "A timestamp in any other format is refused",
        arguments: [
            "", "2026-11-23", "2026-11-23T14:15:00", "2026-11-23 14:15:00Z", "2026-11-23T14:15Z",
            "2026-11-23T24:00:00Z", "2026-11-23T14:60:00Z", "2026-11-23T23:59:60Z", "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-1-1T00:00:00Z", "2026-11-23T14:15:00.Z",
            "2026-11-23T14:15:00.1234567890Z", "2026-11-23T14:15:00+0300", "2026-11-23T14:15:00+24:00",
            "2026-11-23T14:15:00+03", "2026-11-23T14:15:00ZZ", " 2026-11-23T14:15:00Z", "2026-11-23T14:15:00,5Z",
            "+026-11-23T14:15:00Z", "1795454100",
        ])
    func refuses(_ text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test(
        "A timestamp is written in UTC with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_795_454_100_000, "2026-11-23T17:15:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (951_782_400_007, "2000-02-29T00:00:00.007Z"),
        ] as [(Int64, String)])
    func writes(_ milliseconds: Int64, _ text: String) {
        var bytes: [UInt8] = []
        Instant(milliseconds: milliseconds).write(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test(
        "A date is read and written as YYYY-MM-DD",
        arguments: [
            ("2026-11-23", true), ("2024-02-29", true), ("2025-02-29", false), ("1900-02-29", false),
            ("2026-11-31", false), ("2026-11-00", false), ("0000-01-01", false), ("2026-11-23Z", false),
            ("26-11-23", false), ("2026/11/23", false), ("", false),
        ])
    func dates(_ text: String, _ isDate: Bool) {
        let date = CivilDate(iso: text)
        #expect((date != nil) == isDate)
        guard let date else { return }
        var bytes: [UInt8] = []
        date.write(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }
}

@Suite("JSON writer")
struct JSONWriterTests {
    @Test("JSON members are written in order, with control characters escaped")
    func writes() {
        var json = JSONWriter()
        json.object { json in
            json.member("s", "a\"\\/é😀\n\r\t\u{1}\u{1f}\u{7f}")
            json.member("n", nil as String?)
            json.member("i", Int64.min)
            json.member("m", Money(minorUnits: -10))
            json.member("b", true)
            json.name("a")
            json.array([1, 22]) { $0.value(Int64($1)) }
            json.name("e")
            json.array([Int]()) { $0.value(Int64($1)) }
            json.name("o")
            json.object { _ in }
        }
        #expect(
            String(decoding: json.bytes, as: UTF8.self) == """
                {"s":"a\\"\\\\/é😀\\n\\r\\t\\u0001\\u001f\u{7f}","n":null,"i":-9223372036854775808,"m":-10,"b":true,\
                "a":[1,22],"e":[],"o":{}}
                """)
    }
}
