import Yams

/// The contract as the body of an HTML page: every operation with its parameters, body, answers and problems, and every
/// schema. The page's own words are places like `{{parameters}}`, which the program fills in the reader's language.
struct Reference {
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    private let contract: Node

    init(yaml: String) throws {
        guard let contract = try Yams.compose(yaml: yaml) else { throw Fault(description: "the contract is empty") }
        self.contract = contract
    }

    var html: String {
        get throws {
            let info = contract["info"]
            let sections = try contract["tags"].items.map { tag in
                """
                <section>
                <h2>\(tag["name"].text)</h2>
                \(Markdown.html(tag["description"].text, level: 3))\
                \(try operations(tagged: tag["name"].text).map(article).joined())</section>

                """
            }
            return """
                <h1>\(info["title"].text) \(info["version"].text)</h1>
                <nav>
                <h2>{{contents}}</h2>
                \(contents)</nav>
                \(Markdown.html(info["description"].text, level: 2))\
                \(sections.joined())<section>
                <h2 id="schemas">{{schemas}}</h2>
                \(try contract["components"]["schemas"].members.map { try schema($0.name, $0.value) }.joined())</section>

                """
        }
    }

    // MARK: Operations

    private struct Operation {
        let method: String
        let path: String
        let node: Node
        /// Its own, after those of its path.
        let parameters: [Node]
    }

    private static let methods: Set = ["get", "put", "post", "delete", "patch"]

    private func operations(tagged tag: String) -> [Operation] {
        contract["paths"].members.flatMap { path, item in
            item.members.filter { Self.methods.contains($0.name) && $0.value["tags"].items.first.text == tag }.map {
                Operation(
                    method: $0.name.uppercased(), path: path, node: $0.value,
                    parameters: item["parameters"].items + $0.value["parameters"].items)
            }
        }
    }

    private var contents: String {
        contract["tags"].items.map { tag in
            let links = operations(tagged: tag["name"].text).map {
                ##"<li><a href="#\##($0.node["operationId"].text)"><code>\##($0.method) \##($0.path)</code></a></li>"##
                    + "\n"
            }
            return "<p>\(tag["name"].text)</p>\n<ul>\n\(links.joined())</ul>\n"
        }.joined() + ##"<p><a href="#schemas">{{schemas}}</a></p>"## + "\n"
    }

    private func article(_ operation: Operation) throws -> String {
        let node = operation.node
        let isOpen = node["security"].map(\.items.isEmpty) ?? false
        return """
            <article id="\(node["operationId"].text)">
            <h3>\(Markdown.escape(node["summary"].text)) <code>\(operation.method) \(operation.path)</code></h3>
            <p class="access">\(isOpen ? "{{for_anyone}}" : "{{token_needed}}")</p>
            \(Markdown.html(node["description"].text, level: 4))\
            \(try parameters(operation.parameters))\(try body(node["requestBody"]))\(try answers(node["responses"]))</article>

            """
    }

    private func parameters(_ list: [Node]) throws -> String {
        guard !list.isEmpty else { return "" }
        let rows = try list.map { parameter in
            let parameter = try follow(parameter)
            let schema = parameter["schema"]
            return row(
                name: parameter["name"].text, "{{\(parameter["in"].text)}}", try type(schema),
                isRequired: parameter["required"].text == "true", parameter["description"].text)
        }
        return table("{{parameters}}", ["{{name}}", "{{place}}", "{{type}}", "", "{{meaning}}"], rows)
    }

    private func body(_ node: Node?) throws -> String {
        guard let body = try follow(node) else { return "" }
        return try body["content"].members.map { type, content in
            let content = try follow(content)
            let example = try follow(content["examples"].members.first?.value)
            let shown = example["value"].map { "<pre>\(Markdown.escape($0.json(indent: "")))</pre>\n" } ?? ""
            return """
                <h4>{{body}}</h4>
                <p><code>\(type)</code>: \(try self.type(content["schema"])). \(Markdown.inline(body["description"].text))</p>
                \(shown)
                """
        }.joined()
    }

    private func answers(_ node: Node?) throws -> String {
        let rows = try node.members.map { status, response in
            let response = try follow(response)
            let contents = try response["content"].members.map { type, content in
                "<code>\(type)</code>: \(try self.type(try follow(content)["schema"]))"
            }
            let codes = try response["content"].members.flatMap { try problems(try follow($0.value)["schema"]) }
            let links = codes.map { code in
                let slug = code.lowercased().replacing("_", with: "-")
                return #"<a href="/problems/\#(slug)"><code>\#(code)</code></a>"#
            }
            let headers = response["headers"].members.map { "<code>\($0.name)</code>" }.joined(separator: ", ")
            let schema = (contents + links).joined(separator: "<br>")
            return """
                <tr><th scope="row"><code>\(status)</code></th><td>\(Markdown.html(response["description"].text, level: 5))</td>\
                <td>\(schema)</td><td>\(headers)</td></tr>

                """
        }
        return table("{{answers}}", ["{{status}}", "{{meaning}}", "{{content}}", "{{headers}}"], rows)
    }

    /// The codes of a schema that is a problem, or a choice of them.
    private func problems(_ schema: Node?) throws -> [String] {
        let schema = try follow(schema)
        guard schema["oneOf"].items.isEmpty else { return try schema["oneOf"].items.flatMap(problems) }
        return schema["properties"]["type"]["enum"].items.first.text.hasPrefix("/problems/")
            ? schema["properties"]["code"]["enum"].items.map(\.text) : []
    }

    // MARK: Schemas

    private func schema(_ name: String, _ schema: Node?) throws -> String {
        let required = Set(schema["required"].items.map(\.text))
        let rows = try schema["properties"].members.map { name, property in
            let meaning = try follow(property)["description"].text
            return row(name: name, try type(property), isRequired: required.contains(name), meaning)
        }
        let fields = rows.isEmpty ? "" : table(nil, ["{{name}}", "{{type}}", "", "{{meaning}}"], rows)
        return """
            <article id="schema-\(name)">
            <h3><code>\(name)</code></h3>
            \(rows.isEmpty ? "<p>\(try type(schema))</p>\n" : "")\(Markdown.html(schema["description"].text, level: 4))\(fields)</article>

            """
    }

    /// What values a schema takes, in a line.
    private func type(_ schema: Node?) throws -> String {
        if let reference = schema["$ref"]?.string {
            let name = reference.split(separator: "/").last ?? ""
            return ##"<a href="#schema-\##(name)"><code>\##(name)</code></a>"##
        }
        for choice in ["oneOf", "anyOf"] where !schema[choice].items.isEmpty {
            return try schema[choice].items.map(type).joined(separator: " | ")
        }
        if let values = schema["enum"]?.items {
            return values.map { "<code>\(Markdown.escape($0.text))</code>" }.joined(separator: " | ")
        }
        let types = schema["type"].items.isEmpty ? [schema["type"].text] : schema["type"].items.map(\.text)
        let names = try types.map { $0 == "array" ? "\(try type(schema["items"]))[]" : $0 }
        let details =
            ["format", "pattern"].compactMap { schema[$0]?.string.map(Markdown.escape) }
            + [
                ("minimum", "≥ "), ("maximum", "≤ "), ("minLength", "{{length}} ≥ "), ("maxLength", "{{length}} ≤ "),
                ("default", "{{otherwise}} "),
            ].compactMap { key, words in schema[key]?.string.map { words + Markdown.escape($0) } }
        return names.joined(separator: " | ") + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
    }

    // MARK: Pieces

    private func row(name: String, _ cells: String..., isRequired: Bool, _ description: String) -> String {
        let middle = cells.map { "<td>\($0)</td>" }.joined()
        return """
            <tr><th scope="row"><code>\(name)</code></th>\(middle)<td>\(isRequired ? "{{required}}" : "")</td>\
            <td>\(Markdown.html(description, level: 5))</td></tr>

            """
    }

    private func table(_ title: String?, _ columns: [String], _ rows: [String]) -> String {
        let heads = columns.map { $0.isEmpty ? "<td></td>" : #"<th scope="col">\#($0)</th>"# }.joined()
        return """
            \(title.map { "<h4>\($0)</h4>\n" } ?? "")<table>
            <thead><tr>\(heads)</tr></thead>
            <tbody>
            \(rows.joined())</tbody>
            </table>

            """
    }

    /// The node itself, or what it refers to.
    private func follow(_ node: Node?) throws -> Node? {
        guard let reference = node["$ref"]?.string else { return node }
        let target = reference.split(separator: "/").dropFirst().reduce(contract as Node?) { $0[String($1)] }
        guard let target else { throw Fault(description: "the contract lacks \(reference)") }
        return try follow(target)
    }
}
