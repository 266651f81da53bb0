import CashPilot
import HummingbirdCore

/// Reads the parameters of a query, and gathers everything that is wrong with them: what is unknown or repeated is
/// refused too, so that a misspelt filter does not list too much.
struct QueryReader {
    /// Of the request, for cursors and links, which hold for one list only.
    let path: String
    let text: QueryText
    private var known: [String] = []
    private var faults: [FieldFault] = []

    /// - Throws: a ``Problem`` if there are more parameters than anyone needs.
    init(path: String, query: String?) throws(Problem) {
        self.path = path
        text = try QueryText(query)
    }

    init(_ request: Request) throws(Problem) {
        try self.init(path: request.uri.path, query: request.uri.query)
    }

    /// All faults: of the parameters that were asked for, in that order, then repeated and unknown ones.
    func finish() -> [FieldFault] {
        var seen: Set<String> = []
        var repeated: Set<String> = []
        var others: [FieldFault] = []
        for pair in text.pairs {
            guard seen.insert(pair.name).inserted else {
                if repeated.insert(pair.name).inserted { others.append(fault(pair.name, .duplicate)) }
                continue
            }
            if !known.contains(pair.name) { others.append(fault(pair.name, .unknownParameter)) }
        }
        return faults + others
    }

    /// One of the values that `Choice` has.
    mutating func choice<Choice: RawRepresentable<String>>(_ name: String) -> Choice? {
        read(name, or: .enum) { Choice(rawValue: $0) }
    }

    /// `true` or `false`.
    mutating func flag(_ name: String) -> Bool? { read(name, or: .enum) { Bool($0) } }

    mutating func id<Entity>(_ name: String) -> ID<Entity>? { read(name, or: .format) { ID($0) } }

    /// The name of an action in the audit trail, as `session.open`; whether there is such an action does not matter.
    mutating func action(_ name: String) -> String? {
        read(name, or: .format) { text in
            let words = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            let areWords = words.allSatisfy {
                !$0.isEmpty && $0.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x5f }
            }
            return words.count == 2 && areWords && text.utf8.count <= 100 ? text : nil
        }
    }

    /// `YYYY-MM-DD`.
    mutating func date(_ name: String) -> CivilDate? { read(name, or: .format) { CivilDate(iso: $0) } }

    /// A moment in RFC 3339, from 1970 to 9999.
    mutating func instant(_ name: String) -> Instant? {
        guard let instant = read(name, or: .format, { Instant(rfc3339: $0) }) else { return nil }
        guard Instant.accepted.contains(instant) else { return fail(name, .range) }
        return instant
    }

    /// How many items a page should have.
    mutating func limit() -> Int {
        let fallback = 50
        guard let text = read("limit", or: .type, { Self.isInteger($0) ? $0 : nil }) else { return fallback }
        guard let limit = Int(text), (1...200).contains(limit) else { return fail("limit", .range) ?? fallback }
        return limit
    }

    /// A place in the feed, from 0, which is before the first.
    mutating func position(_ name: String) -> Int64? { read(name, or: .format) { Int64(position: $0) } }

    /// Where the page begins. The cursor must be one that this list gave, for the same filters.
    mutating func cursor<Entity>() -> Cursor<Entity>? {
        let scope = cursorScope
        return read("cursor", or: .invalidCursor) { Cursor(opaque: $0, scope: scope) }
    }

    /// What a cursor is bound to: the list, and its filters in the order of their names.
    var cursorScope: String {
        let filters = text.pairs.filter { $0.name != "cursor" && $0.name != "limit" }
        return path + filters.map { "\n\($0.name)=\($0.value ?? "")" }.sorted().joined()
    }

    /// The value of a parameter; `nil` if it is absent, or wrong, which is noted.
    private mutating func read<Value>(
        _ name: String, or code: FieldFault.Code, _ convert: (String) -> Value?
    ) -> Value? {
        known.append(name)
        guard let pair = text.pairs.first(where: { $0.name == name }) else { return nil }
        guard let text = pair.value else { return fail(name, .format) }
        return convert(text) ?? fail(name, code)
    }

    private static func isInteger(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        return !digits.isEmpty && digits.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
    }

    private mutating func fail<Value>(_ name: String, _ code: FieldFault.Code) -> Value? {
        faults.append(fault(name, code))
        return nil
    }

    private func fault(_ name: String, _ code: FieldFault.Code) -> FieldFault {
        FieldFault(code, .parameter(String(name.prefix(100))))
    }
}

extension Int64 {
    /// A place in the feed as clients write it: digits and nothing else.
    init?(position text: some StringProtocol) {
        guard (1...19).contains(text.utf8.count), text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else {
            return nil
        }
        self.init(text)
    }
}
