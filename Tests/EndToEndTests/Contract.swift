import Foundation
import TestSupport
import Yams

/// The operations of `openapi.yaml`.
struct Contract {
    /// A method of a path.
    struct Operation: CustomStringConvertible, Sendable {
        /// `POST /v1/businesses/{business_id}/sessions`.
        let description: String
        let method: String
        let path: String
        /// The first example of a body in JSON; `nil` if it takes none.
        let body: String?
    }

    static let operations = Result { try read() }

    private static func read() throws -> [Operation] {
        let document = try Yams.load(yaml: try Repository.text("openapi.yaml")) as? [String: Any] ?? [:]
        let paths = document["paths"] as? [String: [String: Any]] ?? [:]
        return try paths.flatMap { path, item in
            try item.compactMap { method, operation in
                guard ["get", "post", "put", "patch", "delete"].contains(method) else { return nil }
                let name = "\(method.uppercased()) \(path)"
                return Operation(
                    description: name, method: method.uppercased(), path: path,
                    body: try body(of: operation as? [String: Any] ?? [:], in: document))
            }
        }
        .sorted { $0.description < $1.description }
    }

    private static func body(of operation: [String: Any], in document: [String: Any]) throws -> String? {
        let content = follow(operation["requestBody"], in: document)["content"] as? [String: Any]
        guard let content else { return nil }
        let examples = follow(content["application/json"], in: document)["examples"] as? [String: Any] ?? [:]
        let example = examples.sorted { $0.key < $1.key }.first?.value
        let value = follow(example, in: document)["value"] ?? [String: Any]()
        return String(decoding: try JSONSerialization.data(withJSONObject: value), as: UTF8.self)
    }

    /// The object itself, or the target of its `$ref`.
    private static func follow(_ value: Any?, in document: [String: Any]) -> [String: Any] {
        let object = value as? [String: Any] ?? [:]
        guard let reference = object["$ref"] as? String else { return object }
        let target = reference.split(separator: "/").dropFirst().reduce(document as Any?) { place, name in
            (place as? [String: Any])?[String(name)]
        }
        return follow(target, in: document)
    }
}
