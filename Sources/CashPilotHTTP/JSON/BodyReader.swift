import CashPilot
import JSON

/// Parses the fields of a JSON object body and collects all errors in them.
///
/// An invalid field returns a placeholder value, so that the client learns all errors at once. ``finish()`` returns
/// the errors before any placeholder is used.
///
/// Every field is read through ``value(_:_:)``. It therefore has an expectation, and its value is part of the request's
/// fingerprint. Only passwords are not: a stored fingerprint would let them be guessed quickly.
struct BodyReader {
    /// Maximum number of reported errors. No body has as many fields, and the response should not exceed the request.
    static let faultsMax = 100

    private let members: [JSONMember]
    private var known: [String] = []
    /// The fields that `null` cannot remove.
    private var notNull: Set<String> = []
    /// The request's `Idempotency-Key`, with the values read so far.
    private var keyed: KeyedRequest?
    private var faults: [FieldError] = []

    /// - Parameters:
    ///   - key: the request's `Idempotency-Key`. Without it the reader does not record the values.
    ///   - isOptional: whether an absent body counts as an empty object.
    /// - Throws: ``JSONError`` if `bytes` are not valid JSON.
    init(_ bytes: [UInt8], key: String? = nil, isOptional: Bool = false) throws(JSONError) {
        keyed = key.map { KeyedRequest(key: $0, body: bytes) }
        if isOptional, bytes.isEmpty || bytes == JSONReader.byteOrderMark {
            members = []
        } else if let members = try JSONReader.members(of: bytes) {
            self.members = members
        } else {
            members = []
            faults = [FieldError(.type, .pointer("#"), .object)]
        }
    }

    /// All errors: first of the fields read, in the order of reading, then unknown fields.
    func finish() -> [FieldError] {
        // If the body is not an object, missing fields are not reported.
        if let first = faults.first, first.place == .pointer("#") { return [first] }
        let unknown = members.lazy.filter { !known.contains($0.name) }.map {
            FieldError.member($0.name, .unknownField, .knownName(known))
        }
        return Array((faults + unknown).prefix(Self.faultsMax))
    }

    /// The request's `Idempotency-Key`, with the fingerprint of the fields read.
    ///
    /// - Parameter target: the resource of the request, with the query. The same body for another resource is another
    ///   request.
    func idempotencyKey(for target: String) -> IdempotencyKey? { keyed?.idempotencyKey(for: target) }

    /// Reads an amount in minor units, 0…999 999 999 999; `nil` if it is absent.
    mutating func money(_ name: String) -> Money? {
        switch value(name, .money) {
        case nil: return nil
        case .integer(let units) where Money.accepted.contains(units): return Money(minorUnits: units)
        case .integer, .hugeInteger: return fail(name, .range, .money)
        case let other: return fail(name, .type, .money, found: other)
        }
    }

    /// Reads a required amount.
    mutating func requiredMoney(_ name: String) -> Money {
        require(name, .money)
        return money(name) ?? .zero
    }

    /// The texts for people, which may have several lines.
    private static let notes: Set = ["notes", "reason"]

    /// Reads a text of any characters but U+0000 in its canonical form; `nil` if it is absent.
    ///
    /// - Parameter length: the accepted length in Unicode scalars, which the database counts too.
    mutating func text(_ name: String, length: ClosedRange<Int>) -> String? {
        let expected = Expectation.text(length)
        guard let raw = string(name, expected) else { return nil }
        let text = Self.notes.contains(name) ? CanonicalText.note(raw) : CanonicalText.line(raw)
        guard length.contains(text.unicodeScalars.count) else { return fail(name, .length, expected) }
        guard !CardNumber.isIn(text) else { return fail(name, .format, .withoutCardNumber(expected)) }
        guard !text.unicodeScalars.contains("\0") else { return fail(name, .format, .withoutNUL(expected)) }
        return accept(name, text)
    }

    /// Reads a text that is only compared, such as a password. It may contain any characters, up to the maximum
    /// length. The fingerprint leaves it out.
    ///
    /// - Parameter canonical: makes the form that is compared; by default the text as sent.
    mutating func requiredSecret(
        _ name: String, length: ClosedRange<Int>, canonical: (String) -> String = { $0 }
    ) -> String {
        require(name, .text(length))
        return secret(name, length: length, canonical: canonical) ?? ""
    }

    /// Reads a text as ``requiredSecret(_:length:canonical:)`` does; `nil` if it is absent.
    mutating func secret(
        _ name: String, length: ClosedRange<Int>, canonical: (String) -> String = { $0 }
    ) -> String? {
        let expected = Expectation.text(length)
        guard let text = string(name, expected).map(canonical) else { return nil }
        guard length.contains(text.unicodeScalars.count) else { return fail(name, .length, expected) }
        guard !text.unicodeScalars.contains("\0") else { return fail(name, .format, .withoutNUL(expected)) }
        keyed?.remove(name)
        return text
    }

    mutating func id<Entity>(_ name: String) -> ID<Entity>? {
        guard let text = string(name, .id) else { return nil }
        guard let id = ID<Entity>(text) else { return fail(name, .format, .id) }
        keyed?.set(name, id.description)
        return id
    }

    /// Reads a time in RFC 3339 with any offset, in the years 1970 to 9999.
    mutating func instant(_ name: String) -> Instant? {
        guard let text = string(name, .instant) else { return nil }
        guard let instant = Instant(rfc3339: text) else { return fail(name, .format, .instant) }
        guard Instant.accepted.contains(instant) else { return fail(name, .range, .instant) }
        keyed?.set(name, String(instant.milliseconds))
        return instant
    }

    private mutating func string(_ name: String, _ expected: Expectation) -> String? {
        switch value(name, expected) {
        case nil: return nil
        case .string(let text): return text
        case let other: return fail(name, .type, expected, found: other)
        }
    }

    /// Returns a valid text, and records it for the fingerprint in place of the text as sent.
    mutating func accept(_ name: String, _ text: String) -> String {
        keyed?.set(name, text)
        return text
    }

    /// Whether a member exists and is `null`.
    private func isNull(_ name: String) -> Bool { members.contains { $0.name == name && $0.value == .null } }

    /// The value of a member; `nil` if it is absent or `null`. No other method reads a value.
    private mutating func value(_ name: String, _ expected: @autoclosure () -> Expectation) -> JSONValue? {
        if !known.contains(name) { known.append(name) }
        guard let member = members.first(where: { $0.name == name }) else { return nil }
        guard member.value != .null else {
            if notNull.remove(name) != nil { return fail(name, .type, expected(), found: .null) }
            return nil
        }
        keyed?.set(name, member.value)
        return member.value
    }

    /// Refuses a field that does not fit the others. `null` counts as absent.
    mutating func refuse(_ name: String, _ expected: Expectation) {
        if value(name, expected) != nil { faults.append(.member(name, .unknownField, expected)) }
    }

    /// Accepts fields whose meaning is unknown, because the field that they depend on has an error.
    mutating func pass(over names: [String]) { known += names }

    mutating func require(_ name: String, _ expected: Expectation) {
        if value(name, expected) == nil { faults.append(.member(name, .required, expected)) }
    }

    mutating func fail<Value>(
        _ name: String, _ code: FieldError.Code, _ expected: Expectation, found: JSONValue? = nil
    ) -> Value? {
        faults.append(.member(name, code, expected, found: found))
        return nil
    }
}

/// Fields with defaults.
extension BodyReader {
    /// Reads an optional field. Its default value counts as absent in the fingerprint.
    ///
    /// - Parameter value: the value that an absent field has.
    mutating func field<Value: Equatable>(
        _ name: String, default value: Value, _ read: (inout BodyReader, String) -> Value?
    ) -> Value? {
        let found = read(&self, name)
        if found == value { keyed?.remove(name) }
        return found
    }
}

/// Fields that only changes have.
extension BodyReader {
    /// Reads a reason. White space does not count towards the minimum length.
    mutating func reason(_ name: String, length: ClosedRange<Int>) -> String? {
        guard let text = text(name, length: length) else { return nil }
        let isLongEnough = text.unicodeScalars.count { !$0.isBlank } >= length.lowerBound
        return isLongEnough ? text : fail(name, .length, .visible(length))
    }

    /// Reads a required reason.
    mutating func requiredReason(_ name: String, length: ClosedRange<Int>) -> String {
        require(name, .text(length))
        return reason(name, length: length) ?? ""
    }

    /// Reads a required id.
    mutating func requiredID<Entity>(_ name: String) -> ID<Entity> {
        require(name, .id)
        return id(name) ?? ID(high: 0, low: 0)
    }

    /// Whether an error was found in one of these fields.
    func hasErrors(in names: [String]) -> Bool {
        faults.contains { fault in names.contains { fault.place == .member($0) } }
    }

    /// Reads a field that a value replaces and `null` removes.
    mutating func replacement<Value>(
        _ name: String, _ read: (inout BodyReader, String) -> Value?
    ) -> Replacement<Value> {
        let isNull = isNull(name)
        let value = read(&self, name)
        return value == nil && !isNull ? .keep : .with(value)
    }

    /// Rejects `null` for fields that cannot be removed. The error is reported when the field is read.
    mutating func refuseNull(in names: [String]) { notNull.formUnion(names) }
}

/// The fields of settings and accounts.
extension BodyReader {
    /// Reads a text that follows a rule; `nil` if it is absent.
    mutating func text(_ name: String, _ rule: TextRule, isRequired: Bool = false) -> String? {
        if isRequired { require(name, .rule(rule)) }
        guard let text = string(name, .rule(rule)).map(rule.canonical) else { return nil }
        if let fault = rule.fault(in: text) {
            return fail(name, fault.code, .rule(rule, brokenBy: fault))
        }
        guard !rule.isSecret else {
            keyed?.remove(name)
            return text
        }
        return accept(name, text)
    }

    mutating func flag(_ name: String) -> Bool? {
        switch value(name, .flag) {
        case nil: nil
        case .bool(let flag): flag
        case let other: fail(name, .type, .flag, found: other)
        }
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        switch value(name, .integer(range)) {
        case nil: nil
        case .integer(let number) where range.contains(Int(number)): Int(number)
        case .integer, .hugeInteger: fail(name, .range, .integer(range))
        case let other: fail(name, .type, .integer(range), found: other)
        }
    }

    /// Reads one of the raw values of `Choice`.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String) -> Choice? {
        let expected = Expectation.oneOf(Choice.allCases.map(\.rawValue))
        guard let text = string(name, expected) else { return nil }
        return Choice(rawValue: text) ?? fail(name, .enum, expected)
    }

    /// Reads one of the raw values of `Choice`, which is required.
    mutating func requiredChoice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String) -> Choice? {
        require(name, .oneOf(Choice.allCases.map(\.rawValue)))
        return choice(name)
    }

    /// Reads `YYYY-MM-DD`.
    mutating func date(_ name: String) -> CivilDate? {
        guard let text = string(name, .date) else { return nil }
        guard let date = CivilDate(iso: text) else { return fail(name, .format, .date) }
        return date
    }

    /// Reads a time of day, `HH:MM`, in minutes after midnight.
    mutating func minuteOfDay(_ name: String) -> Int? {
        guard let text = string(name, .minuteOfDay) else { return nil }
        guard let minute = MinuteOfDay.read(text) else { return fail(name, .format, .minuteOfDay) }
        return minute
    }
}

/// A time of day in settings.
package enum MinuteOfDay {
    /// Parses `HH:MM` into minutes after midnight; `nil` for anything else.
    package static func read(_ text: String) -> Int? {
        let digits = text.utf8.map { $0 &- UInt8(ascii: "0") }
        guard digits.count == 5, digits[2] == UInt8(ascii: ":") &- UInt8(ascii: "0"),
            [0, 1, 3, 4].allSatisfy({ digits[$0] < 10 })
        else { return nil }
        let (hour, minute) = (Int(digits[0]) * 10 + Int(digits[1]), Int(digits[3]) * 10 + Int(digits[4]))
        return hour < 24 && minute < 60 ? hour * 60 + minute : nil
    }
}
