import CashPilot
import HummingbirdCore

/// Parses query parameters and collects all errors in them.
///
/// Unknown and repeated parameters are errors too. A misspelt filter would return too many items.
struct QueryReader {
    /// The request's path, for cursors and links, which are valid for one list only.
    let path: String
    let text: QueryText
    private var known: [String] = []
    /// The filters read, each as `name=value` with the canonical text of its value.
    private var filters: [String] = []
    private var faults: [FieldError] = []

    /// - Throws: a ``Problem``, `BAD_REQUEST`, if there are more than 50 parameters.
    init(path: String, query: String?) throws(Problem) {
        self.path = path
        text = try QueryText(query)
    }

    init(_ request: Request) throws(Problem) { try self.init(path: request.uri.path, query: request.uri.query) }

    /// All errors. Errors of the parameters read come first, in reading order, then repeated and unknown parameters.
    func finish() -> [FieldError] {
        var seen: Set<String> = []
        var repeated: Set<String> = []
        var others: [FieldError] = []
        for pair in text.pairs {
            guard seen.insert(pair.name).inserted else {
                if repeated.insert(pair.name).inserted { others.append(fault(pair.name, .duplicate, .once)) }
                continue
            }
            if !known.contains(pair.name) { others.append(fault(pair.name, .unknownParameter, .knownName(known))) }
        }
        return faults + others
    }

    /// Throws one problem with the errors of the query and then `others`, if any.
    ///
    /// - Throws: a ``Problem``, `VALIDATION_FAILED`.
    func check(_ others: [FieldError] = []) throws(Problem) {
        let faults = finish() + others
        guard faults.isEmpty else { throw Problem(.validationFailed, extra: .fields(faults)) }
    }

    /// Reads the page size and the cursor of a list. Call it after reading the filters: it checks the whole query.
    ///
    /// - Throws: as ``check(_:)``.
    mutating func page<Entity>() throws(Problem) -> (limit: Int, cursor: Cursor<Entity>?) {
        let (limit, cursor): (Int, Cursor<Entity>?) = (limit(), cursor())
        try check()
        return (limit, cursor)
    }

    /// Reads one of the raw values of `Choice`.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String) -> Choice? {
        filter(name, .oneOf(Choice.allCases.map(\.rawValue)), or: .enum, Choice.init) { $0.rawValue }
    }

    /// Reads `true` or `false`.
    mutating func flag(_ name: String) -> Bool? {
        filter(name, .oneOf(["true", "false"]), or: .enum, { Bool($0) }) { String($0) }
    }

    mutating func id<Entity>(_ name: String) -> ID<Entity>? {
        filter(name, .id, or: .format, { ID($0) }) { $0.description }
    }

    /// Reads a text that follows a rule, in its canonical form.
    mutating func text(_ name: String, _ rule: TextRule) -> String? {
        filter(
            name, .rule(rule), or: .format,
            {
                let text = rule.canonical($0)
                return rule.fault(in: text) == nil ? text : nil
            }, canonical: { $0 })
    }

    /// Reads an audit action's name, such as `session.open`. It does not check that the action exists.
    mutating func action(_ name: String) -> String? {
        filter(name, .auditAction, or: .format, { Self.isAction($0) ? $0 : nil }) { $0 }
    }

    private static func isAction(_ text: String) -> Bool {
        let words = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let areWords = words.allSatisfy {
            !$0.isEmpty && $0.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x5f }
        }
        return words.count == 2 && areWords && text.utf8.count <= 100
    }

    /// Reads `YYYY-MM-DD`.
    mutating func date(_ name: String) -> CivilDate? {
        filter(name, .date, or: .format, { CivilDate(iso: $0) }) { date in
            var bytes: [UInt8] = []
            date.write(to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Reads a time in RFC 3339, in the years 1970 to 9999.
    mutating func instant(_ name: String) -> Instant? {
        let instant = filter(name, .instantInURL, or: .format, { Instant(rfc3339: $0) }) { String($0.milliseconds) }
        guard let instant else { return nil }
        guard Instant.accepted.contains(instant) else { return fail(name, .range, .instantInURL) }
        return instant
    }

    /// Reads the page size.
    mutating func limit() -> Int {
        let (fallback, range) = (50, 1...200)
        let text = read("limit", .integer(range), or: .type) { Self.isInteger($0) ? $0 : nil }
        guard let text else { return fallback }
        guard let limit = Int(text), range.contains(limit) else {
            return fail("limit", .range, .integer(range)) ?? fallback
        }
        return limit
    }

    /// Reads a position in the event log. Position 0 is before the first event.
    mutating func position(_ name: String) -> Int64? {
        read(name, .position, or: .format) { Int64(position: $0) }
    }

    /// Reads the cursor of a page. The cursor must come from the same list with the same filters. Call it after
    /// reading the filters.
    mutating func cursor<Entity>() -> Cursor<Entity>? {
        let scope = cursorScope
        return read("cursor", .cursor, or: .invalidCursor) { Cursor(opaque: $0, scope: scope) }
    }

    /// The scope of a cursor: the list, and the values of its filters sorted by name.
    var cursorScope: String { path + filters.sorted().map { "\n" + $0 }.joined() }

    /// Reads a filter. Its value limits the list, so a cursor belongs to it.
    ///
    /// - Parameter canonical: the same text for each spelling of a value.
    private mutating func filter<Value>(
        _ name: String, _ expected: @autoclosure () -> Expectation, or code: FieldError.Code,
        _ convert: (String) -> Value?, canonical: (Value) -> String
    ) -> Value? {
        guard let value = read(name, expected(), or: code, convert) else { return nil }
        filters.append("\(name)=\(canonical(value))")
        return value
    }

    /// Reads a parameter. Returns `nil` if it is absent or invalid, and records an error if it is invalid.
    private mutating func read<Value>(
        _ name: String, _ expected: @autoclosure () -> Expectation, or code: FieldError.Code,
        _ convert: (String) -> Value?
    ) -> Value? {
        known.append(name)
        guard let pair = text.pairs.first(where: { $0.name == name }) else { return nil }
        guard let text = pair.value else { return fail(name, .format, .decodable(expected())) }
        return convert(text) ?? fail(name, code, expected())
    }

    private static func isInteger(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        return !digits.isEmpty && digits.utf8.allSatisfy(\.isDigit)
    }

    private mutating func fail<Value>(_ name: String, _ code: FieldError.Code, _ expected: Expectation) -> Value? {
        faults.append(fault(name, code, expected))
        return nil
    }

    private func fault(_ name: String, _ code: FieldError.Code, _ expected: Expectation) -> FieldError {
        // An unknown name comes from the client.
        FieldError(
            code, .parameter(CardNumber.isIn(name) ? CardNumber.mask : String(name.prefix(100))), expected)
    }
}

extension Expectation {
    fileprivate static func decodable(_ other: Expectation) -> Expectation {
        .with(Localized(es: "en UTF-8 y con escapes % completos", en: "in UTF-8 with complete % escapes"), other)
    }
}

extension Int64 {
    /// Parses a position in the event log: digits only.
    init?(position text: some StringProtocol) {
        guard (1...19).contains(text.utf8.count), text.utf8.allSatisfy(\.isDigit) else { return nil }
        self.init(text)
    }
}

/// A parsed query string: names and values with their escapes decoded.
struct QueryText {
    /// Maximum number of parameters. No list has a third as many.
    static let pairsMax = 50

    struct Pair {
        let name: String
        /// The decoded value; `nil` after an invalid escape or invalid UTF-8.
        let value: String?
        /// The text as received.
        let raw: Substring
    }

    let pairs: [Pair]

    /// - Throws: a ``Problem``, `BAD_REQUEST`, beyond ``pairsMax`` parameters.
    init(_ query: String?) throws(Problem) {
        let parts = (query ?? "").split(separator: "&", maxSplits: Self.pairsMax)
        guard parts.count <= Self.pairsMax else { throw Problem(.badRequest) }
        pairs = parts.map { part in
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decode(halves[0].utf8) ?? String(halves[0])
            return Pair(name: name, value: halves.count == 2 ? Self.decode(halves[1].utf8) : "", raw: part)
        }
    }

    /// Decodes `%41` and `+`; `nil` if the result is not valid UTF-8.
    static func decode(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(hex), let low = rest.popFirst().flatMap(hex) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
