extension HostileCase {
    /// Invalid JSON, and JSON that the service rejects.
    static let bodies: [HostileCase] =
        [
            json("65 536 arrays", String(repeating: "[", count: 65_536)),
            json("10 000 objects", String(repeating: #"{"a":"#, count: 10_000)),
            json("33 levels", #"{"a":"# + String(repeating: "[", count: 32) + String(repeating: "]", count: 32) + "}"),
            json("nothing but space", String(repeating: " ", count: 65_536)),
            json("NUL between", "{\0}"), json("a comment", #"/*x*/{"initial_cash":1}"#),
            json("a name twice", #"{"initial_cash":1,"initial_cash":2}"#),
            json("a name twice, escaped", #"{"initial_cash":1,"initial_\u0063ash":2}"#),
            json("two byte order marks", "\u{EF}\u{BB}\u{BF}\u{EF}\u{BB}\u{BF}{\"initial_cash\":1}"),
            json("half a byte order mark", "\u{EF}\u{BB}{\"initial_cash\":1}"),
            json("nothing but a byte order mark", "\u{EF}\u{BB}\u{BF}"),
            json("UTF-16", wide("{\"initial_cash\":1}")), json("UTF-16 with its mark", "\u{FE}\u{FF}" + wide("{}")),
            json("UTF-32", wide(wide("{\"initial_cash\":1}"))),
            json(
                "compressed", "\u{1F}\u{8B}\u{8}" + wide("\0\0\0\0"), "415", "UNSUPPORTED_MEDIA_TYPE",
                "Content-Encoding: gzip\r\n"),
            json("no object", "[]", "422", "VALIDATION_FAILED"),
            json(
                "6 000 members", "{" + (0..<6_000).map { "\"a\($0)\":1" }.joined(separator: ",") + "}", "422",
                "VALIDATION_FAILED"),
            json(
                "names of prototypes", #"{"initial_cash":1,"__proto__":{"x":1},"constructor":1}"#, "422",
                "VALIDATION_FAILED"),
        ]
        + [
            "\u{80}", "\u{FF}", "\u{C0}\u{80}", "\u{C0}\u{AF}", "\u{E0}\u{80}\u{AF}", "\u{F0}\u{80}\u{80}\u{AF}",
            "\u{ED}\u{A0}\u{80}", "\u{ED}\u{BF}\u{BF}", "\u{F4}\u{90}\u{80}\u{80}", "\u{F5}\u{80}\u{80}\u{80}",
            "\u{C3}", "\u{E2}\u{82}", "\\ud800", "\\udc00", "\\udc00\\ud800", "\\ud800\\ud800", "\\ud800x", "\0", "\n",
            "\\x", "\\u12",
        ].map { json("text \($0.unicodeScalars.map(\.value))", #"{"initial_cash":1,"notes":"\#($0)"}"#) }
        + ["\\u0000", "a\\u0000b", String(repeating: "\u{C3}\u{A9}", count: 32_000)].map {
            json("text \($0.prefix(8))", #"{"initial_cash":1,"notes":"\#($0)"}"#, "422", "VALIDATION_FAILED")
        }
        + [
            "1e400", "-1e400", "1e99999999999999999999", "1e-99999999999999999999", "1e12", "9223372036854775808",
            "-9223372036854775808", "18446744073709551616", "1.5", "-1", String(repeating: "9", count: 60_000),
        ].map { json("amount \($0.prefix(24))", #"{"initial_cash":\#($0)}"#, "422", "VALIDATION_FAILED") }
        + ["NaN", "Infinity", "0x10", "01", "+1", ".5", "1.", "1e", "-", "--1", "1_000"].map {
            json("amount \($0)", #"{"initial_cash":\#($0)}"#)
        }
        // -0 is a valid amount; the other member is unknown.
        + [json("amount -0", #"{"initial_cash":-0,"nope":1}"#, "422", "VALIDATION_FAILED")]

    /// Inserts a zero byte after each character.
    private static func wide(_ text: String) -> String { String(text.flatMap { [$0, "\0"] }) }
}
