import CashPilot
import Foundation
import HTTPTypes
import JSON

@testable import CashPilotHTTP

/// What reads bytes that anybody may send, and what must be true of whatever comes out.
///
/// A check answers the rule that an input breaks, or nil; to crash breaks all of them. `make fuzz` searches for such
/// inputs by coverage, and a test tries some at every run.
package enum Parser: String, CaseIterable, Sendable {
    case json, bearer, cursor, money, acceptLanguage, idempotencyKey, timestamp, query, traceparent

    /// - Returns: the broken rule.
    package func check(_ bytes: [UInt8]) -> String? {
        switch self {
        case .json: Self.json(bytes)
        case .bearer: Self.bearer(String(decoding: bytes, as: UTF8.self))
        case .cursor: Self.cursor(bytes)
        case .money: Self.money(bytes)
        case .acceptLanguage: Self.acceptLanguage(String(decoding: bytes, as: UTF8.self))
        case .idempotencyKey: Self.idempotencyKey(String(decoding: bytes, as: UTF8.self))
        case .timestamp: Self.timestamp(String(decoding: bytes, as: UTF8.self))
        case .query: Self.query(String(decoding: bytes, as: UTF8.self))
        case .traceparent: Self.traceparent(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Inputs to begin with, and words to put into others.
    package var seeds: [String] {
        switch self {
        case .json:
            [
                #"{"a":150000.0,"b":1.5e5,"c":-0e99999999,"d":1E+999999999999999999999}"#, "\u{FEFF}\u{FEFF}{}",
                #"{"initial_cash":150000,"notes":"é😀\u00e9\ud83d\ude00","a":[1,{"b":null}],"c":-0.5e+3}"#, "[[[[]]]]",
                #"{"a":9223372036854775808,"b":true,"c":false,"\u0061b":"\"\\\/\b\f\n\r\t"}"#, " null ", "\u{FEFF}{}",
                String(repeating: "[", count: 40), #"{"a":1,"a":2}"#,
            ]
        case .bearer: ["cps_" + String(repeating: "A", count: 43), "cpk_", "cpt_", "_-", "B"]
        case .cursor: ["AAABl_SgiitzjUFvDltqfI0AAABl_SgiitzjUFvD", "====", "+/", "-_"]
        case .money:
            [
                "0", "-0", "150000", "999999999999", "1000000000000", "9223372036854775808", "1.0", "1e3", "1500000e-1",
                "\"5\"",
            ]
        case .acceptLanguage: ["es-PY, en;q=0.5", "gn;q=1.000,*;q=0", "EN ; Q=0.8", "q=1.001", "*", "zz"]
        case .idempotencyKey: ["\"8e03978e-40d5\"", "abc", "\"", "\"\"", String(repeating: "k", count: 255)]
        case .timestamp:
            ["2026-11-23T17:15:00.000Z", "2000-02-29t23:59:59.999999999-23:59", "9999-12-31T00:00:00+00:00"]
        case .query: ["status=OPEN&limit=50&cursor=%41%ZZ+x&=&a", "%C3%A9=%E2%82%AC&&", "a=1&a=2", "%00"]
        case .traceparent:
            [
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00-more",
            ]
        }
    }

    // MARK: Rules

    private static func json(_ bytes: [UInt8]) -> String? {
        let members: [JSONMember]?
        do {
            members = try JSONReader.members(of: bytes)
        } catch {
            return (0...bytes.count).contains(error.offset) ? nil : "a fault has its place in the text"
        }
        guard String(validating: bytes, as: UTF8.self) != nil else { return "what is read is UTF-8" }
        if isWithinFoundation(bytes),
            (try? JSONSerialization.jsonObject(with: Data(unmarked(bytes)), options: .fragmentsAllowed)) == nil
        {
            return "another reader takes it too"
        }
        guard let members else { return nil }
        if bytes.last == UInt8(ascii: "}"), (try? JSONReader.members(of: bytes.dropLast())) != nil {
            return "without its end it is refused"
        }
        guard let again = try? JSONReader.members(of: written(members)), again == members else {
            return "written and read again it is the same"
        }
        return nil
    }

    /// Foundation refuses numbers that a `Double` cannot hold; this service has none, and does not mind them.
    private static func isWithinFoundation(_ bytes: [UInt8]) -> Bool {
        String(decoding: bytes, as: UTF8.self).firstMatch(of: /[0-9][eE]|[0-9]{16}/) == nil
    }

    /// The bytes without a byte order mark.
    private static func unmarked(_ bytes: [UInt8]) -> [UInt8] {
        bytes.starts(with: JSONReader.byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
    }

    private static func written(_ members: [JSONMember]) -> [UInt8] {
        func quoted(_ text: String) -> [UInt8] {
            var writer = JSONWriter()
            writer.value(text)
            return writer.bytes
        }
        func written(_ value: JSONValue) -> [UInt8] {
            switch value {
            case .null: Array("null".utf8)
            case .bool(let value): Array("\(value)".utf8)
            case .integer(let value): Array("\(value)".utf8)
            case .hugeInteger: Array("9223372036854775808".utf8)
            case .decimal: Array("0.5".utf8)
            case .string(let text): quoted(text)
            case .array: Array("[]".utf8)
            case .object: Array("{}".utf8)
            }
        }
        let texts = members.map { quoted($0.name) + Array(":".utf8) + written($0.value) }
        return Array("{".utf8) + texts.joined(separator: [UInt8(ascii: ",")]) + Array("}".utf8)
    }

    private static func bearer(_ text: String) -> String? {
        guard let bearer = Bearer(text) else { return nil }
        return bearer.text == text && text.utf8.count == 47 ? nil : "a bearer has 47 bytes, and is taken as it is"
    }

    private static func cursor(_ bytes: [UInt8]) -> String? {
        for alphabet in [Base64.url, .standard] {
            if alphabet.decode(alphabet.encode(bytes).utf8) != bytes { return "what is encoded is decoded" }
            if let decoded = alphabet.decode(bytes), Array(alphabet.encode(decoded).utf8) != bytes {
                return "there is one text for each value"
            }
        }
        if let cursor = Cursor<Session>(opaque: String(decoding: bytes, as: UTF8.self), scope: "a"),
            cursor.opaque(scope: "a") != String(decoding: bytes, as: UTF8.self)
        {
            return "a cursor has one text"
        }
        guard bytes.count >= 24 else { return nil }
        let words = (0..<3).map { place in
            bytes[(place * 8)..<(place * 8 + 8)].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        }
        let instant = Instant(milliseconds: Int64(truncatingIfNeeded: words[0] >> 17))
        let made = Cursor<Session>(instant: instant, id: ID(high: words[1], low: words[2]))
        let text = made.opaque(scope: "a")
        let read = Cursor<Session>(opaque: text, scope: "a")
        guard Instant.accepted.contains(instant) ? read == made : read == nil else {
            return "a cursor reads what it wrote"
        }
        return Cursor<Session>(opaque: text, scope: "b") == nil ? nil : "a cursor is of one list"
    }

    private static func money(_ bytes: [UInt8]) -> String? {
        guard var body = try? BodyReader(Array(#"{"a":"#.utf8) + bytes + Array("}".utf8)) else { return nil }
        guard let money = body.money("a") else { return nil }
        guard (0...999_999_999_999).contains(money.minorUnits) else { return "an amount is within its limits" }
        let text = String(decoding: bytes, as: UTF8.self).prefix { $0 != "," }
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return DecimalText.whole(text) == "\(money.minorUnits)" ? nil : "an amount is what is written"
    }
}
