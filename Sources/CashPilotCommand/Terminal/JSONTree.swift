import FoundationEssentials

/// JSON without fractions.
enum JSONTree: Codable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    /// - Throws: `DecodingError` if `text` is not JSON, or has a fraction.
    init(parsing text: String) throws { self = try JSONDecoder().decode(JSONTree.self, from: Data(text.utf8)) }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? value.decode(Int64.self) {
            self = .integer(integer)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([JSONTree].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: JSONTree].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let bool): try value.encode(bool)
        case .integer(let integer): try value.encode(integer)
        case .string(let string): try value.encode(string)
        case .array(let array): try value.encode(array)
        case .object(let members): try value.encode(members)
        }
    }

    /// The JSON on one line, with members sorted by name.
    var json: String {
        // The encoder fails only for an infinite number or NaN. No case contains one.
        (try? Self.encoded(self, [])) ?? ""
    }

    /// The JSON of any value on indented lines, with members sorted by name.
    static func indented(_ value: some Encodable) throws -> String { try encoded(value, .prettyPrinted) }

    private static func encoded(_ value: some Encodable, _ format: JSONEncoder.OutputFormatting) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = format.union([.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// The text for people: a string without its quotes, `-` for `null`.
    var text: String {
        switch self {
        case .null: "-"
        case .string(let string): string
        case .array(let items): items.map(\.text).joined(separator: ", ")
        default: json
        }
    }

    /// Each value that is not an object, with its path (`totals.cash_sales`), sorted by path.
    var leaves: [(path: String, text: String)] {
        guard case .object(let members) = self else { return [("", text)] }
        return members.sorted { $0.key < $1.key }.flatMap { name, value in
            value.leaves.map { ($0.path.isEmpty ? name : "\(name).\($0.path)", $0.text) }
        }
    }
}
