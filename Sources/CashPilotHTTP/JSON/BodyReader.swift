import CashPilot
import JSON

/// Parses the fields of a JSON object body and collects all errors in them.
///
/// An invalid field returns a placeholder value, so that the client learns all errors at once. ``finish()`` returns
/// the errors before any placeholder is used.
struct BodyReader {
    /// Maximum number of reported errors. No body has as many fields, and the response should not exceed the request.
    static let faultsMax = 100

    private let members: [JSONMember]
    private var known: [String] = []
    var faults: [FieldError] = []

    /// - Throws: ``JSONError`` if `bytes` are not valid JSON.
    init(_ bytes: [UInt8]) throws(JSONError) {
        if let members = try JSONReader.members(of: bytes) {
            self.members = members
        } else {
            members = []
            faults = [FieldError(.type, .pointer("#"))]
        }
    }

    /// All errors: first of the fields read, in the order of reading, then unknown fields.
    func finish() -> [FieldError] {
        // If the body is not an object, missing fields are not reported.
        if let first = faults.first, first.place == .pointer("#") { return [first] }
        let unknown = members.lazy.filter { !known.contains($0.name) }.map { FieldError.member($0.name, .unknownField) }
        return Array((faults + unknown).prefix(Self.faultsMax))
    }

    /// Reads an amount in minor units, 0…999 999 999 999; `nil` if it is absent.
    mutating func money(_ name: String) -> Money? {
        switch value(name) {
        case nil: return nil
        case .integer(let units) where Money.accepted.contains(units): return Money(minorUnits: units)
        case .integer, .hugeInteger: return fail(name, .range)
        default: return fail(name, .type)
        }
    }

    /// Reads a required amount.
    mutating func requiredMoney(_ name: String) -> Money {
        require(name)
        return money(name) ?? .zero
    }

    /// Reads a text; `nil` if it is absent.
    ///
    /// - Parameters:
    ///   - length: the accepted length in Unicode scalars, which the database counts too.
    ///   - isAllowed: which scalars are accepted; by default all except U+0000.
    mutating func text(
        _ name: String, length: ClosedRange<Int>, isAllowed: (Unicode.Scalar) -> Bool = { _ in true }
    ) -> String? {
        guard let text = string(name) else { return nil }
        guard length.contains(text.unicodeScalars.count) else { return fail(name, .length) }
        guard text.unicodeScalars.allSatisfy({ isAllowed($0) && $0 != "\0" }) else { return fail(name, .format) }
        guard !CardNumber.isIn(text) else { return fail(name, .format) }
        return text
    }

    /// Reads a secret that is only compared, such as a password. It may contain any characters, up to the maximum
    /// length.
    mutating func requiredSecret(_ name: String, length: ClosedRange<Int>) -> String {
        require(name)
        guard let text = string(name) else { return "" }
        guard length.contains(text.unicodeScalars.count) else { return fail(name, .length) ?? "" }
        guard !text.unicodeScalars.contains("\0") else { return fail(name, .format) ?? "" }
        return text
    }

    mutating func id<Entity>(_ name: String) -> ID<Entity>? {
        guard let text = string(name) else { return nil }
        return ID(text) ?? fail(name, .format)
    }

    /// Reads a time in RFC 3339 with any offset, in the years 1970 to 9999.
    mutating func instant(_ name: String) -> Instant? {
        guard let text = string(name) else { return nil }
        guard let instant = Instant(rfc3339: text) else { return fail(name, .format) }
        guard Instant.accepted.contains(instant) else { return fail(name, .range) }
        return instant
    }

    mutating func string(_ name: String) -> String? {
        switch value(name) {
        case nil: return nil
        case .string(let text): return text
        default: return fail(name, .type)
        }
    }

    /// Whether a member exists and is `null`.
    func isNull(_ name: String) -> Bool { members.contains { $0.name == name && $0.value == .null } }

    /// The value of a member; `nil` if it is absent or `null`.
    mutating func value(_ name: String) -> JSONValue? {
        if !known.contains(name) { known.append(name) }
        guard let member = members.first(where: { $0.name == name }), member.value != .null else { return nil }
        return member.value
    }

    mutating func require(_ name: String) {
        if value(name) == nil { faults.append(.member(name, .required)) }
    }

    mutating func fail<Value>(_ name: String, _ code: FieldError.Code) -> Value? {
        faults.append(.member(name, code))
        return nil
    }
}

/// Fields that only changes have.
extension BodyReader {
    /// Reads a text that contains more than spaces.
    mutating func reason(_ name: String, length: ClosedRange<Int>) -> String? {
        guard let text = text(name, length: length) else { return nil }
        return text.allSatisfy(\.isWhitespace) ? fail(name, .format) : text
    }

    /// Reads a required text that contains more than spaces.
    mutating func requiredReason(_ name: String, length: ClosedRange<Int>) -> String {
        require(name)
        return reason(name, length: length) ?? ""
    }

    /// Reads a required id.
    mutating func requiredID<Entity>(_ name: String) -> ID<Entity> {
        require(name)
        return id(name) ?? ID(high: 0, low: 0)
    }

    /// Reads a field that a value replaces and `null` removes.
    mutating func replacement<Value>(
        _ name: String, _ read: (inout BodyReader, String) -> Value?
    ) -> Replacement<Value> {
        let isNull = isNull(name)
        let value = read(&self, name)
        return value == nil && !isNull ? .keep : .with(value)
    }

    /// Rejects `null` for fields that cannot be removed.
    mutating func refuseNull(in names: [String]) {
        for name in names where isNull(name) { faults.append(.member(name, .type)) }
    }
}

/// The fields of settings and accounts.
extension BodyReader {
    /// Reads a text that follows a rule; `nil` if it is absent.
    mutating func text(_ name: String, _ rule: TextRule, isRequired: Bool = false) -> String? {
        if isRequired { require(name) }
        guard let text = string(name) else { return nil }
        if let fault = rule.fault(in: text) { return fail(name, fault) }
        return text
    }

    mutating func flag(_ name: String) -> Bool? {
        switch value(name) {
        case nil: nil
        case .bool(let flag): flag
        default: fail(name, .type)
        }
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        switch value(name) {
        case nil: nil
        case .integer(let number) where range.contains(Int(number)): Int(number)
        case .integer, .hugeInteger: fail(name, .range)
        default: fail(name, .type)
        }
    }

    /// Reads one of the raw values of `Choice`.
    mutating func choice<Choice: RawRepresentable<String>>(_ name: String) -> Choice? {
        guard let text = string(name) else { return nil }
        return Choice(rawValue: text) ?? fail(name, .enum)
    }

    /// Reads a time of day, `HH:MM`, in minutes after midnight.
    mutating func minuteOfDay(_ name: String) -> Int? {
        guard let text = string(name) else { return nil }
        guard let minute = MinuteOfDay.read(text) else { return fail(name, .format) }
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
