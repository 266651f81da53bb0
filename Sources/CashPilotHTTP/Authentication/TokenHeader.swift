/// The header of a token: a flat JSON object of exactly `alg`, `typ` and `kid`.
///
/// Each member occurs once and is a plain string. The server rejects any other header, because `crit`, `jku`, `jwk`
/// or `x5u` indicate an attack or a foreign token.
struct TokenHeader {
    let keyID: String

    /// Parses the JSON; `nil` unless it is `alg` `HS256`, `typ` `JWT` and a `kid` only.
    init?(json: [UInt8]) {
        var reader = Reader(bytes: json[...])
        guard let members = reader.object(), members.count == 3,
            members["alg"] == "HS256", members["typ"] == "JWT", let keyID = members["kid"]
        else { return nil }
        self.keyID = keyID
    }

    /// A JSON reader for the subset that a header may use.
    private struct Reader {
        var bytes: ArraySlice<UInt8>

        mutating func object() -> [String: String]? {
            var members: [String: String] = [:]
            guard take("{") else { return nil }
            repeat {
                guard let name = string(), take(":"), let value = string() else { return nil }
                guard members.updateValue(value, forKey: name) == nil else { return nil }
            } while take(",")
            guard take("}"), bytes.isEmpty else { return nil }
            return members
        }

        /// Reads visible ASCII and spaces without escapes, so that each name has one spelling.
        mutating func string() -> String? {
            guard take("\""), let end = bytes.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
            let text = bytes[..<end]
            guard text.allSatisfy({ (0x20..<0x7f).contains($0) && $0 != UInt8(ascii: "\\") }) else { return nil }
            bytes = bytes[(end + 1)...]
            skipSpaces()
            return String(decoding: text, as: UTF8.self)
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            skipSpaces()
            guard bytes.first == UInt8(ascii: character) else { return false }
            bytes.removeFirst()
            if character != "\"" { skipSpaces() }
            return true
        }

        private mutating func skipSpaces() {
            bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
        }
    }
}
