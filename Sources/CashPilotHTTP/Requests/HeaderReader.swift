import CashPilot
import HTTPServer
import HTTPTypes

/// Parses the headers that change a request's meaning, and collects all errors in them.
struct HeaderReader {
    private let headers: HTTPFields
    private(set) var faults: [FieldError] = []

    init(_ headers: HTTPFields) { self.headers = headers }

    /// `Idempotency-Key`: 1–255 visible ASCII characters, with or without quotes. The quotes are not part of the key.
    ///
    /// The key is stored, so it must not contain a card number.
    mutating func idempotencyKey() -> String? {
        guard let text = headers[.idempotencyKey] else { return nil }
        var key = text[...]
        if key.utf8.count >= 2, key.hasPrefix("\""), key.hasSuffix("\"") { key = key.dropFirst().dropLast() }
        guard (1...255).contains(key.utf8.count) else { return fail("Idempotency-Key", .length, .idempotencyKey) }
        let isPlain = key.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }
        guard isPlain else { return fail("Idempotency-Key", .format, .idempotencyKey) }
        guard !CardNumber.isIn(id: String(key)) else {
            return fail("Idempotency-Key", .format, .withoutCardNumber(.idempotencyKey))
        }
        return String(key)
    }

    /// `Last-Event-ID`: the position at which the client's stream ended.
    mutating func lastEventID() -> Int64? {
        guard let text = headers[.lastEventID] else { return nil }
        return Int64(position: text) ?? fail("Last-Event-ID", .format, .position)
    }

    /// Maximum number of media types read from `Accept`.
    private static let typesMax = 20

    /// Whether the client prefers an event stream to JSON. The first of the two in `Accept` wins; without either, the
    /// response is JSON.
    var wantsStream: Bool {
        let types = (headers[.accept] ?? "").split(separator: ",", maxSplits: Self.typesMax).map { range in
            range.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
        }
        return types.first { $0 == EventStream.mediaType || $0 == "application/json" } == EventStream.mediaType
    }

    /// `If-Match`: the accepted versions; `nil` for any version. Tags that are not session versions match nothing.
    func expectedVersions() -> [Int64]? {
        guard let text = headers[.ifMatch] else { return nil }
        let tags = EntityTag.list(in: text)
        return tags.contains("*") ? nil : tags.compactMap(EntityTag.version)
    }

    /// Whether `If-None-Match` contains this version.
    func hasVersion(_ version: Int64) -> Bool {
        guard let text = headers[.ifNoneMatch] else { return false }
        return EntityTag.list(in: text).contains { $0 == "*" || EntityTag.version($0) == version }
    }

    /// Whether `If-None-Match` contains this tag.
    func hasTag(_ tag: String) -> Bool {
        guard let text = headers[.ifNoneMatch] else { return false }
        return EntityTag.list(in: text).contains { $0 == "*" || $0 == tag }
    }

    private mutating func fail<Value>(
        _ name: String, _ code: FieldError.Code, _ expected: Expectation
    ) -> Value? {
        faults.append(FieldError(code, .header(name), expected))
        return nil
    }
}

/// Entity tags (RFC 9110, 8.8.3). The tag of a session is its version in quotes.
enum EntityTag {
    /// Maximum number of tags read from a list.
    static let listMax = 20

    static func text(_ version: Int64) -> String { "\"\(version)\"" }

    /// The tags of a header, as this service made them.
    ///
    /// A proxy that compresses a response makes its tag weak (nginx, haproxy) or adds the coding (Apache: `"3-gzip"`).
    /// Clients return this tag. The version is the same, so `W/` and the coding are removed.
    static func list(in header: String) -> [Substring] {
        header.split(separator: ",", maxSplits: listMax).map { tag in
            let tag = tag.drop { $0 == " " || $0 == "\t" }
            let trimmed = tag.prefix { $0 != " " && $0 != "\t" }
            return withoutCoding(trimmed.hasPrefix("W/") ? trimmed.dropFirst(2) : trimmed)
        }
    }

    /// Removes a coding and the separators before it: `"3-gzip"`, `"3;gzip"`, and `"3"-gzip` of old proxies.
    private static func withoutCoding(_ tag: Substring) -> Substring {
        let text = tag.hasSuffix("\"") ? tag.dropLast() : tag
        guard let coding = codings.first(where: text.hasSuffix) else { return tag }
        var rest = text.dropLast(coding.utf8.count)
        guard let separator = rest.last, "-;:".contains(separator) else { return tag }
        while let last = rest.last, "-;:\"".contains(last), rest.count > 1 { rest.removeLast() }
        return rest + "\""
    }

    private static let codings = ["x-gzip", "gzip", "br", "zstd", "deflate"]

    /// The version in a tag; `nil` if the tag is not a version. Tags are compared as text: `"01"` is not `"1"`.
    static func version(_ tag: Substring) -> Int64? {
        guard tag.utf8.count > 2, tag.hasPrefix("\""), tag.hasSuffix("\""),
            tag.dropFirst().dropLast().utf8.allSatisfy(\.isDigit)
        else { return nil }
        return Int64(tag.dropFirst().dropLast()).flatMap { text($0) == tag ? $0 : nil }
    }
}

extension HTTPField.Name {
    /// Identifies a request in its response and in the log. The server accepts the client's value if it is valid.
    static let requestID = custom("X-Request-Id")
    static let idempotencyKey = custom("Idempotency-Key")
    /// `true` on a stored response that the server repeats.
    static let idempotentReplayed = custom("Idempotent-Replayed")
    /// The URL of the next page of a list (RFC 8288).
    static let link = custom("Link")

    /// The media types that a `PATCH` accepts (RFC 5789).
    static let acceptPatch = custom("Accept-Patch")

    /// The last event that a client of the event stream received (HTML, server-sent events).
    static let lastEventID = custom("Last-Event-ID")
    /// `no` makes nginx forward the response without buffering.
    static let accelBuffering = custom("X-Accel-Buffering")

    /// Identifies the request's span to the caller (W3C Trace Context, editor's draft).
    static let traceresponse = custom("traceresponse")
    static let rateLimit = custom("RateLimit")
    static let rateLimitPolicy = custom("RateLimit-Policy")

    /// Same effect as `frame-ancestors`, for browsers that do not support it.
    static let frameOptions = custom("X-Frame-Options")
    static let referrerPolicy = custom("Referrer-Policy")
}

extension HTTPFields {
    /// The value of a field that occurs once. Several values are joined; the plain subscript always joins, which is
    /// slow.
    func only(_ name: HTTPField.Name) -> String? {
        var value: String?
        for field in self where field.name == name {
            guard value == nil else { return self[name] }
            value = field.value
        }
        return value
    }
}

/// The ids of a request, by which clients and operators find it.
enum RequestNames {
    /// Tags the ids made for requests.
    enum Tag {}

    /// A new id of the service's own.
    static func make(_ ids: IDMaker) -> String {
        let id: ID<Tag> = ids.make()
        return id.description
    }

    /// The client's `X-Request-Id` if it is 1–128 of `A–Z a–z 0–9 . _ -`.
    ///
    /// An id that contains a card number is ignored too, because ids are logged and stored.
    static func clientID(in headers: HTTPFields) -> String? {
        guard let text = headers[.requestID], (1...128).contains(text.utf8.count), text.utf8.allSatisfy(\.isNameByte),
            !CardNumber.isIn(id: text)
        else { return nil }
        return text
    }
}

extension UInt8 {
    /// Whether this is one of `A–Z a–z 0–9 . _ -`.
    var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: isDigit
        }
    }

    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}
