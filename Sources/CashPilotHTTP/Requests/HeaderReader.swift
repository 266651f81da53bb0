import CashPilot
import HTTPTypes

/// Parses the headers that change a request's meaning, and collects all errors in them.
struct HeaderReader {
    private let headers: HTTPFields
    private(set) var faults: [FieldError] = []

    init(_ headers: HTTPFields) { self.headers = headers }

    /// The request's `Idempotency-Key`, with the fingerprint of the request.
    ///
    /// - Parameters:
    ///   - target: the resource of the request. The same body for another resource is another request.
    ///   - body: the request body's bytes as received.
    mutating func idempotencyKey(for target: String, body: [UInt8]) -> IdempotencyKey? {
        idempotencyKey().map { IdempotencyKey($0, target: target, body: body) }
    }

    /// `Idempotency-Key`: 1–255 visible ASCII characters, with or without quotes. The quotes are not part of the key.
    mutating func idempotencyKey() -> String? {
        guard let text = headers[.idempotencyKey] else { return nil }
        var key = text[...]
        if key.utf8.count >= 2, key.hasPrefix("\""), key.hasSuffix("\"") { key = key.dropFirst().dropLast() }
        guard (1...255).contains(key.utf8.count) else { return fail(.length) }
        guard key.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\"") }) else {
            return fail(.format)
        }
        return String(key)
    }

    /// `Last-Event-ID`: the position at which the client's stream ended.
    mutating func lastEventID() -> Int64? {
        guard let text = headers[.lastEventID] else { return nil }
        if let position = Int64(position: text) { return position }
        faults.append(FieldError(.format, .header("Last-Event-ID")))
        return nil
    }

    /// Maximum number of media types read from `Accept`.
    private static let typesMax = 20

    /// Whether the client prefers an event stream to JSON. The first of the two in `Accept` wins; without either, the
    /// response is JSON.
    var wantsStream: Bool {
        let types = (headers[.accept] ?? "").split(separator: ",", maxSplits: Self.typesMax).map { range in
            let type = range.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
            return type.lowercased()
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

    private mutating func fail(_ code: FieldError.Code) -> String? {
        faults.append(FieldError(code, .header("Idempotency-Key")))
        return nil
    }
}

/// Entity tags (RFC 9110, 8.8.3). The tag of a session is its version in quotes.
enum EntityTag {
    /// Maximum number of tags read from a list.
    static let listMax = 20

    static func text(_ version: Int64) -> String { "\"\(version)\"" }

    /// The tags of a header. Weak tags lose their `W/`, because versions compare equally either way.
    static func list(in header: String) -> [Substring] {
        header.split(separator: ",", maxSplits: listMax).map { tag in
            let tag = tag.drop { $0 == " " || $0 == "\t" }
            let trimmed = tag.prefix { $0 != " " && $0 != "\t" }
            return trimmed.hasPrefix("W/") ? trimmed.dropFirst(2) : trimmed
        }
    }

    /// The version in a tag; `nil` if the tag is not a version. Tags are compared as text: `"01"` is not `"1"`.
    static func version(_ tag: Substring) -> Int64? {
        guard tag.utf8.count > 2, tag.hasPrefix("\""), tag.hasSuffix("\""),
            tag.dropFirst().dropLast().utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 })
        else { return nil }
        return Int64(tag.dropFirst().dropLast()).flatMap { text($0) == tag ? $0 : nil }
    }
}
