import Logging

/// Metadata made flat: `["session": ["id": "…"]]` is `session.id`, and the items of a list are `name.0`, `name.1`…
struct LogFields {
    /// How deep metadata may be nested; what is deeper is left out.
    static let depthMax = 8
    /// How many fields a line has; the rest is left out.
    static let countMax = 64
    /// The line's own: metadata with such a name is called `metadata.…`.
    private static let reserved: Set<String> = ["ts", "level", "message", "truncated"]

    private enum Value {
        case text(String)
        case number(Int64)
    }

    private var values: [String: Value] = [:]

    /// Adds fields, in place of those with the same name.
    mutating func add(_ metadata: Logger.Metadata) {
        for (name, value) in metadata { add(value, named: name, depth: 1) }
    }

    /// In the order of their names, so that two lines of a kind look alike.
    func write(to line: inout LogText) {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            switch value {
            case .text(let text): line.field(named: name, text)
            case .number(let number): line.field(named: name, number)
            }
        }
    }

    private mutating func add(_ value: Logger.MetadataValue, named name: String, depth: Int) {
        guard depth <= Self.depthMax else { return }
        switch value {
        case .string(let text): set(.text(text), for: name)
        case .stringConvertible(let number as Int): set(.number(Int64(number)), for: name)
        case .stringConvertible(let value): set(.text(value.description), for: name)
        case .dictionary(let members):
            for (member, value) in members { add(value, named: "\(name).\(member)", depth: depth + 1) }
        case .array(let items):
            for (place, value) in items.enumerated() { add(value, named: "\(name).\(place)", depth: depth + 1) }
        }
    }

    private mutating func set(_ value: Value, for name: String) {
        let name = Self.reserved.contains(name) ? "metadata.\(name)" : name
        guard values.count < Self.countMax || values[name] != nil else { return }
        values[name] = value
    }
}
