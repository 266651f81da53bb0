import CashPilot

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
