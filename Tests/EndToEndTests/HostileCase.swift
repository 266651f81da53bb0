/// Bytes of a client, and the response that they must get.
struct HostileCase: Sendable, CustomStringConvertible {
    let description: String
    /// One byte a character: nothing above U+00FF. `{token}` and `{path}` are filled in.
    let text: String
    let status: String
    /// The code of the problem document; nil if the response has no body.
    let code: String?
    /// Whether the connection must close after the response.
    let ends: Bool

    private init(_ description: String, _ text: String, _ status: String, _ code: String?, ends: Bool) {
        (self.description, self.text, self.status, self.code, self.ends) = (description, text, status, code, ends)
    }

    func bytes(token: String, path: String) -> [UInt8] {
        text.replacing("{token}", with: token).replacing("{path}", with: path)
            .unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    /// Invalid or ambiguous HTTP, after which no byte of the connection can be trusted.
    static func refused(
        _ description: String, _ text: String, _ status: String = "400", code: String = "BAD_REQUEST"
    ) -> HostileCase {
        HostileCase(description, text, status, code, ends: true)
    }

    /// Invalid or ambiguous framing of an open, by these fields and this body.
    static func misframed(_ fields: String, _ body: String = "0\r\n\r\n") -> HostileCase {
        refused(
            fields.replacing("\r\n", with: "⏎") + " " + body.prefix(20).replacing("\r\n", with: "⏎"),
            open(fields + "\r\n", body))
    }

    /// A method or a transfer coding that the server does not know.
    static func unknown(_ description: String, _ text: String) -> HostileCase {
        refused(description, text, "501", code: "NOT_IMPLEMENTED")
    }

    static func longHead(_ description: String, _ text: String) -> HostileCase {
        refused(description, text, "431", code: "HEADERS_TOO_LARGE")
    }

    /// A chunked body of an open.
    static func chunked(_ body: String) -> HostileCase { misframed("Transfer-Encoding: chunked", body) }

    /// An open with this body.
    static func json(
        _ description: String, _ body: String, _ status: String = "400", _ code: String = "MALFORMED_JSON",
        _ fields: String = ""
    ) -> HostileCase {
        let length = body.unicodeScalars.count
        return HostileCase(
            description, open("Content-Length: \(length)\r\n\(fields)", body), status, code,
            ends: status == "413")
    }

    static func tooLarge(_ fields: String, _ body: String = "{") -> HostileCase {
        HostileCase(fields, open(fields + "\r\n", body), "413", "PAYLOAD_TOO_LARGE", ends: true)
    }

    static func get(_ description: String, _ head: String, _ status: String, _ code: String? = nil) -> HostileCase {
        HostileCase(description, head + "\r\n\r\n", status, code, ends: false)
    }

    private static func open(_ fields: String, _ body: String) -> String {
        "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
            + fields + "\r\n" + body
    }
}

extension HostileCase {
    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    /// Requests whose end or meaning is ambiguous.
    static let framing: [HostileCase] =
        [
            "Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
            "Content-Length: 0\r\nContent-Length: 5", "Content-Length: 2\r\nContent-Length: 2", "Content-Length: 2, 2",
            "Content-Length: +2", "Content-Length: -2", "Content-Length: 2 2", "Content-Length: 0x2",
            "Content-Length: ", "Content-Length: \u{0B}2", "Content-Length : 2",
            "Content-Length: 18446744073709551616", "Content-Length: 18446744073709551618",
            "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: chunked, gzip",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: \u{0B}chunked",
            "Transfer-Encoding:\r\n chunked", "X: y\r\n Transfer-Encoding: chunked", " Transfer-Encoding: chunked",
            "Transfer-Encoding : chunked", "Transfer-Encoding: chunked\r\nX: a\u{0}b",
            "X: a\rTransfer-Encoding: chunked",
            "X: y\nTransfer-Encoding: chunked", "Transfer-Encoding: identity", "Transfer-Encoding: xchunked",
            "Transfer-Encoding: \"chunked\"",
            "Transfer-Encoding: chunked;q=1",
        ].map { misframed($0) }
        + ["Transfer-Encoding: gzip, chunked", "Transfer-Encoding: x-gzip\r\nTransfer-Encoding: chunked"].map {
            unknown($0, open($0 + "\r\n", "0\r\n\r\n"))
        }
        + [
            "fffffffffffffffff\r\n", "-2\r\n{}\r\n0\r\n\r\n", "+2\r\n{}\r\n0\r\n\r\n", "0x2\r\n{}\r\n0\r\n\r\n",
            " 2\r\n{}\r\n0\r\n\r\n", "2 \r\n{}\r\n0\r\n\r\n", "2\r\n{}0\r\n\r\n", "2\n{}\r\n0\r\n\r\n",
            "2\r\n{}\n0\r\n\r\n", "2\r\n{}\r\n0\n\n", "2;x\n{}\r\n0\r\n\r\n", "\r\n\r\n",
            "2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n", "2\r\n{}\r\n0\r\nX: \(repeated("a", 300_000))\r\n\r\n",
        ].map(chunked)

    /// Invalid request heads.
    static let heads: [HostileCase] = [
        refused("bare LF", "GET /livez HTTP/1.1\nHost: x\n\n"),
        refused("bare LF at the end", "GET /livez HTTP/1.1\r\nHost: x\r\n\n"),
        refused("a control character", "GET /livez HTTP/1.1\r\nHost: x\r\nX: a\u{1}b\r\n\r\n"),
        refused("no colon", "GET /livez HTTP/1.1\r\nHost: x\r\nfoo\r\n\r\n"),
        refused("no name", "GET /livez HTTP/1.1\r\nHost: x\r\n: foo\r\n\r\n"),
        refused("a space in a name", "GET /livez HTTP/1.1\r\nHost: x\r\nfo o: foo\r\n\r\n"),
        refused("a name in UTF-8", "GET /livez HTTP/1.1\r\nHost: x\r\nf\u{C3}\u{A9}: foo\r\n\r\n"),
        refused("a folded first field", "GET /livez HTTP/1.1\r\n Host: x\r\n\r\n"),
        refused("no Host", "GET /livez HTTP/1.1\r\n\r\n"),
        refused("two Hosts", "GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
        refused("chunks in HTTP/1.0", "POST /livez HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        refused("an absolute target with a user", "GET http://a@x/livez HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("an absolute target of another scheme", "GET ftp://x/livez HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("an authority", "GET x:80 HTTP/1.1\r\nHost: x\r\n\r\n"),
        unknown("CONNECT", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("an asterisk", "GET * HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("no slash", "GET livez HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("only a query", "GET ?x HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("NUL in the path", "GET /livez\u{0} HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("UTF-8 in the path", "GET /liv\u{C3}\u{A9}z HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("a space in the path", "GET /li vez HTTP/1.1\r\nHost: x\r\n\r\n"),
        refused("HTTP/0.9", "GET /livez\r\n\r\n"),
        refused("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0"),
        refused("HTTP/2.0", "GET /livez HTTP/2.0\r\nHost: x\r\n\r\n"),
        refused("HTTP/1.9", "GET /livez HTTP/1.9\r\nHost: x\r\n\r\n"),
        refused("HTTP/1.11", "GET /livez HTTP/1.11\r\nHost: x\r\n\r\n"),
        refused("another protocol", "GET /livez ICE/1.0\r\nHost: x\r\n\r\n"),
        unknown("TLS", "\u{16}\u{3}\u{1}\0\u{C8}\u{1}\0\0\u{C4}\u{3}\u{3}" + repeated("\0", 200)),
        unknown("an unknown method", "FOO /livez HTTP/1.1\r\nHost: x\r\n\r\n"),
        unknown("a method in small letters", "get /livez HTTP/1.1\r\nHost: x\r\n\r\n"),
        unknown("a long method", repeated("G", 100_000) + " /livez HTTP/1.1\r\nHost: x\r\n\r\n"),
        longHead("a long target", "GET /\(repeated("a", 40_000)) HTTP/1.1\r\nHost: x\r\n\r\n"),
        longHead("a long field", "GET /livez HTTP/1.1\r\nHost: x\r\nX: \(repeated("a", 40_000))\r\n\r\n"),
        longHead("a long name", "GET /livez HTTP/1.1\r\nHost: x\r\n\(repeated("a", 40_000)): x\r\n\r\n"),
        longHead("101 fields", "GET /livez HTTP/1.1\r\nHost: x\r\n\(repeated("X: a\r\n", 100))\r\n"),
        longHead(
            "long fields", "GET /livez HTTP/1.1\r\nHost: x\r\n\(repeated("X: \(repeated("a", 999))\r\n", 40))\r\n"),
    ]

    /// Well-formed requests that are too large or ask for unsupported features.
    static let sizes: [HostileCase] = [
        tooLarge("Content-Length: 65537"), tooLarge("Content-Length: 1073741824"),
        tooLarge("Content-Length: 9223372036854775808"),
        tooLarge("Transfer-Encoding: chunked", "ffffffffffffffff\r\n\(repeated("x", 65_537))"),
        tooLarge("Transfer-Encoding: chunked", repeated("8\r\n        \r\n", 8_193)),
        get("an absolute target", "GET HTTP://[::1]:8080/livez?x=1 HTTP/1.1\r\nHost: x", "200"),
        get("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: x", "204"),
        get("a path of 10 kB", "GET /\(repeated("a", 10_000)) HTTP/1.1\r\nHost: x", "404", "NOT_FOUND"),
        get(
            "thousands of parameters",
            "GET /v1/me?\(repeated("a=1&", 3_000)) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}", "400",
            "BAD_REQUEST"),
        get(
            "thousands of filters",
            "GET {path}?\(repeated("a=1&", 3_000)) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}", "400",
            "BAD_REQUEST"),
        get(
            "a token of 10 kB", "GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(repeated("a", 10_000))",
            "401", "UNAUTHENTICATED"),
        get(
            "an upgrade to HTTP/2",
            "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA",
            "200"),
        json(
            "a key of 10 kB", #"{"initial_cash": 1}"#, "422", "VALIDATION_FAILED",
            "Idempotency-Key: \(repeated("k", 10_000))\r\n"),
        json(
            "a thousand languages", #"{"nope": 1}"#, "422", "VALIDATION_FAILED",
            "Accept-Language: \(repeated("en;q=0.1,", 1_000))\r\n"),
        json(
            "thousands of versions", #"{"nope": 1}"#, "422", "VALIDATION_FAILED",
            "If-Match: \(repeated("\"1\",", 3_000))\r\n"),
    ]
}
