import Yams

/// A place that is absent reads as empty.
extension Node? {
    subscript(_ name: String) -> Node? {
        self?.members.first { $0.name == name }?.value
    }

    /// In the order in which they are written.
    var members: [(name: String, value: Node)] { self?.members ?? [] }

    var items: [Node] { self?.items ?? [] }

    /// A scalar as it is written, without its quotes.
    var text: String { self?.text ?? "" }
}

extension Node {
    var members: [(name: String, value: Node)] {
        guard case .mapping(let mapping) = self else { return [] }
        return mapping.map { ($0.key.text, $0.value) }
    }

    var items: [Node] {
        guard case .sequence(let sequence) = self else { return [] }
        return Array(sequence)
    }

    var text: String { scalar?.string ?? "" }

    /// The node as JSON, a member a line.
    func json(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .mapping(let mapping):
            let members = mapping.map { "\(inner)\(quoted($0.key.text)): \($0.value.json(indent: inner))" }
            return members.isEmpty ? "{}" : "{\n\(members.joined(separator: ",\n"))\n\(indent)}"
        case .sequence(let sequence):
            let items = sequence.map { inner + $0.json(indent: inner) }
            return items.isEmpty ? "[]" : "[\n\(items.joined(separator: ",\n"))\n\(indent)]"
        case .scalar(let scalar):
            guard scalar.style == .plain || scalar.style == .any else { return quoted(scalar.string) }
            if null != nil { return "null" }
            return bool != nil || int != nil || float != nil ? scalar.string : quoted(scalar.string)
        default: return "null"
        }
    }

    private func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\"\(escaped)\""
    }
}
