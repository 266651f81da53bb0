import CashPilot
import HTTPTypes

/// Reads the headers that change what a request means, and gathers what is wrong with them.
struct HeaderReader {
    private let headers: HTTPFields
    private(set) var faults: [FieldFault] = []

    init(_ headers: HTTPFields) { self.headers = headers }

    /// The request's `Idempotency-Key`, with the fingerprint of what it stands for.
    ///
    /// - Parameters:
    ///   - target: what the request is about: the same body elsewhere is another request.
    ///   - body: its bytes as they came.
    mutating func idempotencyKey(for target: String, body: [UInt8]) -> IdempotencyKey? {
        idempotencyKey().map { IdempotencyKey($0, target: target, body: body) }
    }

    /// `Idempotency-Key`: 1–255 visible ASCII characters, in quotes or not; the quotes are not part of it.
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

    /// `Last-Event-ID`: where a stream was when it broke off.
    mutating func lastEventID() -> Int64? {
        guard let text = headers[.lastEventID] else { return nil }
        if let position = Int64(position: text) { return position }
        faults.append(FieldFault(.format, .header("Last-Event-ID")))
        return nil
    }

    /// How many types of `Accept` are looked at.
    private static let typesMax = 20

    /// Whether a stream of events is what the client would rather have than JSON: of the two, the one that `Accept` names
    /// first. Whoever names neither gets JSON.
    var wantsStream: Bool {
        let types = (headers[.accept] ?? "").split(separator: ",", maxSplits: Self.typesMax).map { range in
            let type = range.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
            return type.lowercased()
        }
        return types.first { $0 == EventStream.mediaType || $0 == "application/json" } == EventStream.mediaType
    }

    /// `If-Match`: the versions that will do; `nil` for any. Tags that are no version of ours match nothing.
    func expectedVersions() -> [Int64]? {
        guard let text = headers[.ifMatch] else { return nil }
        let tags = EntityTag.list(in: text)
        return tags.contains("*") ? nil : tags.compactMap(EntityTag.version)
    }

    /// `If-None-Match`: whether the caller has this version already.
    func hasVersion(_ version: Int64) -> Bool {
        guard let text = headers[.ifNoneMatch] else { return false }
        return EntityTag.list(in: text).contains { $0 == "*" || EntityTag.version($0) == version }
    }

    private mutating func fail(_ code: FieldFault.Code) -> String? {
        faults.append(FieldFault(code, .header("Idempotency-Key")))
        return nil
    }
}

/// Entity tags (RFC 9110, 8.8.3). A session's is its version in quotes.
enum EntityTag {
    /// How many tags of a list are looked at.
    static let listMax = 20

    static func text(_ version: Int64) -> String { "\"\(version)\"" }

    /// The tags of a header, weak ones without their `W/`: a version is as good weak as strong.
    static func list(in header: String) -> [Substring] {
        header.split(separator: ",", maxSplits: listMax).map { tag in
            let tag = tag.drop { $0 == " " || $0 == "\t" }
            let trimmed = tag.prefix { $0 != " " && $0 != "\t" }
            return trimmed.hasPrefix("W/") ? trimmed.dropFirst(2) : trimmed
        }
    }

    /// The version that a tag names; `nil` if it is not one of ours. Tags are compared as text: `"01"` is not `"1"`.
    static func version(_ tag: Substring) -> Int64? {
        guard tag.utf8.count > 2, tag.hasPrefix("\""), tag.hasSuffix("\""),
            tag.dropFirst().dropLast().utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 })
        else { return nil }
        return Int64(tag.dropFirst().dropLast()).flatMap { text($0) == tag ? $0 : nil }
    }
}
