import CashPilot

/// Fields that changes have besides those of every body.
extension BodyReader {
    /// A text that says something: not only spaces.
    mutating func reason(_ name: String, length: ClosedRange<Int>) -> String? {
        guard let text = text(name, length: length) else { return nil }
        return text.allSatisfy(\.isWhitespace) ? fail(name, .format) : text
    }

    /// The same, and it must be there.
    mutating func requiredReason(_ name: String, length: ClosedRange<Int>) -> String {
        require(name)
        return reason(name, length: length) ?? ""
    }

    /// An id that must be there.
    mutating func requiredID<Entity>(_ name: String) -> ID<Entity> {
        require(name)
        return id(name) ?? ID(high: 0, low: 0)
    }

    /// A field that is replaced if it is there, and taken away if it is `null`.
    mutating func replacement<Value>(
        _ name: String, _ read: (inout BodyReader, String) -> Value?
    ) -> Replacement<Value> {
        let isNull = isNull(name)
        let value = read(&self, name)
        return value == nil && !isNull ? .keep : .with(value)
    }

    /// Refuses `null` for fields that cannot be taken away.
    mutating func refuseNull(in names: [String]) {
        for name in names where isNull(name) { faults.append(.member(name, .type)) }
    }
}
