import Testing
import Yams

@testable import CashPilotHTTP

@Suite("The plain page of the contract")
struct ReferenceTests {
    private let html = Contract.embedded.reference

    private func contract() throws -> [String: Any] {
        try #require(try Yams.load(yaml: try Project.file("openapi.yaml").text) as? [String: Any])
    }

    /// Each, as far as the next one.
    private var articles: [(id: String, text: Substring)] {
        let starts = html.matches(of: #/<article id="([^"]+)">/#)
        let ends = starts.dropFirst().map(\.range.lowerBound) + [html.endIndex]
        return zip(starts, ends).map { (String($0.1), html[$0.range.upperBound..<$1]) }
    }

    @Test("has every operation, under its name, with each of its answers")
    func operations() throws {
        let paths = try #require(try contract()["paths"] as? [String: [String: Any]])
        let articles = Dictionary(grouping: articles, by: \.id)
        for endpoint in API.endpoints {
            let method = endpoint.method.rawValue
            let operation = try #require(paths[endpoint.path]?[method.lowercased()] as? [String: Any])
            let name = try #require(operation["operationId"] as? String)
            let parts = articles[name] ?? []
            #expect(parts.count == 1, "\(name)")
            let article = parts.first?.text ?? ""
            #expect(article.contains("<code>\(method) \(endpoint.path)</code></h3>"), "\(name)")
            #expect(article.contains("{{for_anyone}}") == (endpoint.access == .anyone), "\(name)")
            for status in (operation["responses"] as? [String: Any] ?? [:]).keys {
                #expect(article.contains("<th scope=\"row\"><code>\(status)</code></th>"), "\(name) \(status)")
            }
        }
    }

    @Test("leads to the page of every problem that an operation answers with")
    func problems() {
        let links = Set(
            html.matches(of: #/<a href="\/problems\/([a-z-]+)"><code>(\w+)<\/code><\/a>/#).map { "\($0.1) \($0.2)" })
        // That a path has no such operation, none can say.
        for code in ProblemCode.allCases where code != .methodNotAllowed {
            #expect(links.contains("\(code.slug) \(code.rawValue)"), "\(code)")
        }
    }

    @Test("has every schema, and no link that leads nowhere")
    func links() throws {
        let schemas = (try contract()["components"] as? [String: Any])?["schemas"] as? [String: Any] ?? [:]
        #expect(!schemas.isEmpty)
        let targets = Set(html.matches(of: #/id="([^"]+)"/#).map { String($0.1) })
        for name in schemas.keys { #expect(targets.contains("schema-\(name)"), "\(name)") }
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
