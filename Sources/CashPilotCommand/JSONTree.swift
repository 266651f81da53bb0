import FoundationEssentials

/// JSON of any shape: the answers of a service that may be newer than this program are shown as they are.
enum JSONTree: Codable, Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONTree])
    case object([String: JSONTree])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? value.decode(Int64.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
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
        case .number(let number): try value.encode(number)
        case .string(let string): try value.encode(string)
        case .array(let array): try value.encode(array)
        case .object(let members): try value.encode(members)
        }
    }

    /// A member of an object; `null` if it is absent, or this is no object.
    subscript(name: String) -> JSONTree {
        guard case .object(let members) = self else { return .null }
        return members[name] ?? .null
    }

    /// The items of an array; none if this is no array.
    var items: [JSONTree] {
        guard case .array(let items) = self else { return [] }
        return items
    }

    /// For people: a string without its quotes, `-` for `null`.
    var text: String {
        switch self {
        case .null: "-"
        case .string(let string): string
        case .array(let items): items.map(\.text).joined(separator: ", ")
        default: json
        }
    }

    /// On one line, members sorted by name.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only numbers that are none cannot be written, and none of those is ever read.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Each value that holds no others, with its path: `totals.cash_sales`.
    var leaves: [(path: String, text: String)] {
        guard case .object(let members) = self else { return [("", text)] }
        return members.sorted { $0.key < $1.key }.flatMap { name, value in
            value.leaves.map { ($0.path.isEmpty ? name : "\(name).\($0.path)", $0.text) }
        }
    }
}
