import CashPilot

/// Reads the fields of a body that should be a JSON object, and gathers everything that is wrong with them.
///
/// A field that is wrong is answered with a stand-in, so that reading goes on and the client learns of all faults
/// at once; ``finish()`` tells of them before anybody uses the stand-in.
struct BodyReader {
    /// How many faults are told: no body has as many fields, but an answer should not be longer than its question.
    static let faultsMax = 100

    private let members: [JSONMember]
    private var known: [String] = []
    var faults: [FieldFault] = []

    /// - Throws: ``JSONFault`` if `bytes` are no JSON.
    init(_ bytes: [UInt8]) throws(JSONFault) {
        if let members = try JSONReader.members(of: bytes) {
            self.members = members
        } else {
            members = []
            faults = [FieldFault(.type, .pointer("#"))]
        }
    }

    /// All faults: of the fields that were asked for, in that order, then the fields that nobody asked for.
    func finish() -> [FieldFault] {
        // Where the body is no object, no field can be missing from it.
        if let first = faults.first, first.place == .pointer("#") { return [first] }
        let unknown = members.lazy.filter { !known.contains($0.name) }.map { FieldFault.member($0.name, .unknownField) }
        return Array((faults + unknown).prefix(Self.faultsMax))
    }

    /// An amount in minor units, from 0 to 999 999 999 999; `nil` if it is absent.
    mutating func money(_ name: String) -> Money? {
        switch value(name) {
        case nil: return nil
        case .integer(let units) where Money.accepted.contains(units): return Money(minorUnits: units)
        case .integer, .hugeInteger: return fail(name, .range)
        default: return fail(name, .type)
        }
    }

    /// An amount that must be there.
    mutating func requiredMoney(_ name: String) -> Money {
        require(name)
        return money(name) ?? .zero
    }

    /// A text of so many characters (Unicode scalars, as the database counts them); `nil` if it is absent.
    ///
    /// - Parameter isAllowed: which scalars it may hold; all but U+0000 without it.
    mutating func text(
        _ name: String, length: ClosedRange<Int>, isAllowed: (Unicode.Scalar) -> Bool = { _ in true }
    ) -> String? {
        guard let text = string(name) else { return nil }
        guard length.contains(text.unicodeScalars.count) else { return fail(name, .length) }
        guard text.unicodeScalars.allSatisfy({ isAllowed($0) && $0 != "\0" }) else { return fail(name, .format) }
        guard !CardNumber.isIn(text) else { return fail(name, .format) }
        return text
    }

    /// A text that is only compared and never stored, such as a password: any characters, but none too many.
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

    /// A moment in RFC 3339, in any offset, from 1970 to 9999.
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

    /// Whether a member is there, and `null`.
    func isNull(_ name: String) -> Bool { members.contains { $0.name == name && $0.value == .null } }

    /// The value of a member; `nil` if it is absent, which `null` is too.
    mutating func value(_ name: String) -> JSONValue? {
        if !known.contains(name) { known.append(name) }
        guard let member = members.first(where: { $0.name == name }), member.value != .null else { return nil }
        return member.value
    }

    mutating func require(_ name: String) {
        if value(name) == nil { faults.append(.member(name, .required)) }
    }

    mutating func fail<Value>(_ name: String, _ code: FieldFault.Code) -> Value? {
        faults.append(.member(name, code))
        return nil
    }
}
