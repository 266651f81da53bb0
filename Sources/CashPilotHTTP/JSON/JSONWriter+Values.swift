import CashPilot
import JSON

/// Members with domain values. `nil` becomes `null`.
extension JSONWriter {
    mutating func member<Entity>(_ name: StaticString, _ id: ID<Entity>?) {
        guard let id else { return null(name) }
        member(name) { id.write(to: &$0) }
    }

    /// Writes an amount in minor units.
    mutating func member(_ name: StaticString, _ money: Money?) { member(name, money?.minorUnits) }

    /// Writes RFC 3339 in UTC, with three fraction digits.
    mutating func member(_ name: StaticString, _ instant: Instant?) {
        guard let instant else { return null(name) }
        member(name) { instant.write(to: &$0) }
    }

    mutating func member(_ name: StaticString, _ date: CivilDate?) {
        guard let date else { return null(name) }
        member(name) { date.write(to: &$0) }
    }

    /// Writes a currency's code and its minor units, so that a client can read the amounts of the object.
    mutating func currency(_ code: String?) {
        member("currency", code)
        member("currency_minor_units", code.map { Int64(Currency.minorUnits(ofStored: $0)) })
    }

    /// Writes an array in which `item` writes each of `items`.
    mutating func array<Item>(_ items: [Item], _ item: (inout JSONWriter, Item) throws -> Void) rethrows {
        // Indexes the array instead of iterating over it, which would copy each item.
        try array(count: items.count) { json, place in try item(&json, items[place]) }
    }
}
