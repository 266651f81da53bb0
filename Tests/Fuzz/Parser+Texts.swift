import CashPilot
import HTTPTypes
import Telemetry

@testable import CashPilotHTTP

extension Parser {
    static func acceptLanguage(_ text: String) -> String? {
        let locale = Locale.preferred(in: text)
        // Of ASCII: elsewhere a capital can be longer than its letter, or another's.
        let capitals = text.unicodeScalars.map { ("a"..."z").contains($0) ? $0.properties.uppercaseMapping : "\($0)" }
        if Locale.preferred(in: capitals.joined()) != locale { return "capitals do not matter" }
        guard text.utf8.count < 1_000 else { return nil }
        if Locale.preferred(in: text + ",zz") != locale { return "another language changes nothing" }
        if text.isEmpty, locale != nil { return "nothing prefers nothing" }
        return nil
    }

    static func idempotencyKey(_ text: String) -> String? {
        // As the parser of HTTP would hand it over, or not at all.
        guard HTTPField.isValidValue(text) else { return nil }
        var headers = HeaderReader([.idempotencyKey: text])
        guard let key = headers.idempotencyKey() else {
            return headers.faults.count == 1 ? nil : "a key is read or refused"
        }
        guard headers.faults.isEmpty else { return "a key is read or refused" }
        guard (1...255).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") })
        else { return "a key is 1 to 255 visible characters" }
        for same in [key, "\"\(key)\""] {
            var headers = HeaderReader([.idempotencyKey: same])
            if headers.idempotencyKey() != key { return "quotes do not matter" }
        }
        return nil
    }

    static func timestamp(_ text: String) -> String? {
        guard let instant = Instant(rfc3339: text) else { return nil }
        guard Instant.accepted.contains(instant) else { return nil }
        var bytes: [UInt8] = []
        instant.write(to: &bytes)
        let written = String(decoding: bytes, as: UTF8.self)
        guard Instant(rfc3339: written) == instant else { return "written and read again it is the same" }
        guard (20...35).contains(text.utf8.count) else { return "a timestamp has its length" }
        guard text.uppercased().hasSuffix("Z") else { return nil }
        // In UTC, what is written is what was read, but for fractions.
        return written.hasPrefix(text.uppercased().prefix(19)) ? nil : "UTC is UTC"
    }

    static func query(_ text: String) -> String? {
        guard let query = try? QueryText(text) else {
            return text.utf8.count(where: { $0 == UInt8(ascii: "&") }) >= QueryText.pairsMax
                ? nil : "only too many are refused"
        }
        guard query.pairs.count <= QueryText.pairsMax else { return "there are not too many" }
        let parts = text.split(separator: "&")
        guard query.pairs.map(\.raw) == parts else { return "every part is there, as it came" }
        for value in query.pairs.compactMap(\.value) {
            let escaped = value.utf8.map { byte in
                let digits = String(byte, radix: 16)
                return "%" + (digits.count == 1 ? "0" : "") + digits
            }
            guard QueryText.decode(escaped.joined()[...].utf8) == value else {
                return "escaped and read it is the same"
            }
        }
        return nil
    }

    static func traceparent(_ text: String) -> String? {
        guard let context = TraceContext(traceparent: text) else { return nil }
        guard TraceContext(traceparent: context.text) == context else { return "written and read again it is the same" }
        // Before them is the version, and after them are the flags.
        func ids(_ text: String) -> Substring { text.dropFirst(2).prefix(51) }
        return ids(context.text) == ids(text) ? nil : "the ids are what is written"
    }
}
