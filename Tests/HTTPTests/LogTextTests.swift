import Foundation
import Testing

@testable import Telemetry

@Suite("Log lines")
struct LogTextTests {
    @Test("A log line is a JSON object with the time, the level and the message first")
    func shape() {
        var text = LogText(.json)
        text.begin(at: 1_795_454_100_007, level: "info", message: "Opened")
        text.field("count", 42)
        text.field("least", .min)
        text.field("name", "Ana")
        text.end()
        #expect(
            String(decoding: text.bytes, as: UTF8.self)
                == #"{"ts":"2026-11-23T17:15:00.007Z","level":"info","message":"Opened","count":42,"#
                + "\"least\":-9223372036854775808,\"name\":\"Ana\"}\n")
    }

    @Test(
        "Times before 1970 and up to the year 9999 are written correctly",
        arguments: [
            (-1, "1969-12-31T23:59:59.999Z"), (0, "1970-01-01T00:00:00.000Z"),
            (951_827_696_789, "2000-02-29T12:34:56.789Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func time(_ milliseconds: Int64, _ expected: String) {
        var text = LogText(.json)
        text.appendTime(milliseconds)
        #expect(String(decoding: text.bytes, as: UTF8.self) == expected)
    }

    @Test(
        "A log entry stays one line and parses back to its input, whatever bytes it contains",
        arguments: [
            "", "plain", "a\nb", "a\r\n{\"level\":\"critical\"}", "\"", "\\", "\\\"}\n", "\u{0}\u{1}\u{1f}", "\u{7f}",
            "\u{85}\u{9b}31m", "\u{1b}[2J", "\u{2028}\u{2029}", "\u{202e}gnp.exe", "\u{2066}x\u{2069}", "ñandú 🐎 漢字",
            String(decoding: [0xff, 0xfe, 0x0a, 0xc3, 0x28, 0xed, 0xa0, 0x80] as [UInt8], as: UTF8.self),
        ])
    func injection(_ value: String) throws {
        for style in [LogStyle.json, .plain] {
            let text = line(style, message: value, name: value, value: value)
            #expect(text.hasSuffix("\n"))
            let dangerous = text.unicodeScalars.dropLast().contains {
                $0.value < 0x20 || (0x7f...0x9f).contains($0.value)
                    || [0x2028, 0x2029, 0x202e, 0x2066].contains($0.value)
            }
            #expect(!dangerous)
        }
        let object = try parsed(line(.json, message: value, name: "name", value: value))
        #expect(object["message"] as? String == value)
        #expect(object["name"] as? String == value)
        #expect(try parsed(line(.json, message: "", name: value, value: "x")).keys.contains(value))
    }

    @Test("A long value is truncated between two characters, and a truncated line is marked as such")
    func bounded() throws {
        for value in [String(repeating: "x", count: 1 << 20), String(repeating: "\u{1}🐎\"", count: 1 << 18)] {
            var text = LogText(.json)
            text.begin(at: 0, level: "info", message: value)
            for _ in 0..<100 { text.field(named: value, value) }
            text.end()
            #expect(text.bytes.count <= LogText.lineMax)
            let object = try parsed(String(decoding: text.bytes, as: UTF8.self))
            #expect(object["truncated"] as? Bool == true)
            let message = try #require(object["message"] as? String)
            #expect(message.hasSuffix("…") && value.hasPrefix(message.dropLast()))
        }
    }

    @Test("A plain-text log line quotes the values that contain spaces")
    func plain() {
        #expect(
            line(.plain, message: "Opened now", name: "who", value: "Ana")
                == "1970-01-01T00:00:00.000Z info Opened now who=Ana\n")
        #expect(line(.plain, message: "m", name: "who", value: "Ana B").hasSuffix("m who=\"Ana B\"\n"))
        #expect(line(.plain, message: "m", name: "who", value: "").hasSuffix("m who=\"\"\n"))
    }

    private func line(_ style: LogStyle, message: String, name: String, value: String) -> String {
        var text = LogText(style)
        text.begin(at: 0, level: "info", message: message)
        text.field(named: name, value)
        text.end()
        return String(decoding: text.bytes, as: UTF8.self)
    }
}

/// Parses a line as a JSON object.
func parsed(_ line: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
}
