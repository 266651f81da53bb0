import CashPilot

/// Members with domain values. `nil` becomes `null`.
extension JSONWriter {
    mutating func member(_ name: StaticString, _ text: String?) {
        self.name(name)
        if let text { value(text) } else { null() }
    }

    mutating func member(_ name: StaticString, _ number: Int64) {
        self.name(name)
        value(number)
    }

    mutating func member(_ name: StaticString, _ flag: Bool) {
        self.name(name)
        value(flag)
    }

    mutating func member<Entity>(_ name: StaticString, _ id: ID<Entity>?) {
        self.name(name)
        if let id { quoted { $0.append(id) } } else { null() }
    }

    /// Writes an amount in minor units.
    mutating func member(_ name: StaticString, _ money: Money?) {
        self.name(name)
        if let money { value(money.minorUnits) } else { null() }
    }

    /// Writes RFC 3339 in UTC, with three fraction digits.
    mutating func member(_ name: StaticString, _ instant: Instant?) {
        self.name(name)
        if let instant { quoted { $0.append(instant) } } else { null() }
    }

    mutating func member(_ name: StaticString, _ date: CivilDate) {
        self.name(name)
        quoted { $0.append(date) }
    }
}
