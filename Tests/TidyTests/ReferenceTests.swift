import Testing
import Yams

@testable import CashPilotHTTP

@Suite("The plain page of the contract")
struct ReferenceTests {
    private let html = Contract.embedded.reference

    private func contract() throws -> [String: Any] {
        try #require(try Yams.load(yaml: try Project.file("openapi.yaml").text) as? [String: Any])
    }

    @Test("has every operation, under its name, with each of its answers")
    func operations() throws {
        let paths = try #require(try contract()["paths"] as? [String: [String: Any]])
        for endpoint in API.endpoints {
            let method = endpoint.method.rawValue
            let operation = try #require(paths[endpoint.path]?[method.lowercased()] as? [String: Any])
            let name = try #require(operation["operationId"] as? String)
            let parts = html.components(between: "<article id=\"\(name)\">", and: "</article>")
            #expect(parts.count == 1, "\(name)")
            let article = parts.first ?? ""
            #expect(article.contains("<code>\(method) \(endpoint.path)</code></h3>"), "\(name)")
            #expect(article.contains("{{for_anyone}}") == (endpoint.access == .anyone), "\(name)")
            for status in (operation["responses"] as? [String: Any] ?? [:]).keys {
                #expect(article.contains("<th scope=\"row\"><code>\(status)</code></th>"), "\(name) \(status)")
            }
        }
    }

    @Test("leads to the page of every problem")
    func problems() {
        for code in ProblemCode.allCases {
            #expect(html.contains("<a href=\"/problems/\(code.slug)\"><code>\(code.rawValue)</code></a>"), "\(code)")
        }
    }

    @Test("has every schema, and no link that leads nowhere")
    func links() throws {
        let schemas = (try contract()["components"] as? [String: Any])?["schemas"] as? [String: Any] ?? [:]
        #expect(!schemas.isEmpty)
        for name in schemas.keys { #expect(html.contains("<article id=\"schema-\(name)\">"), "\(name)") }
        let targets = Set(html.matches(of: #/id="([^"]+)"/#).map { String($0.1) })
        for link in html.matches(of: #/href="#([^"]+)"/#) {
            #expect(targets.contains(String(link.1)), "\(link.1)")
        }
    }

    @Test("leaves no place for a word that there is not in both languages")
    func words() {
        let places = Set(html.matches(of: #/\{\{(\w+)\}\}/#).map { String($0.1) })
        #expect(!places.isEmpty)
        #expect(places.subtracting(ReferencePage.words.keys).isEmpty)
    }
}

extension String {
    /// What is after each `start`, up to `end`.
    fileprivate func components(between start: String, and end: String) -> [Substring] {
        split(separator: start, omittingEmptySubsequences: false).dropFirst().map {
            $0.split(separator: end, maxSplits: 1, omittingEmptySubsequences: false)[0]
        }
    }
}
