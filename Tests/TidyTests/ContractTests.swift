import CashPilot
import CashPilotHTTP
import Foundation
import Testing
import Yams

@Suite("openapi.yaml, the router and the reference pages agree")
struct ContractTests {
    private static let methods: Set<String> = ["get", "post", "put", "patch", "delete"]

    private func contract() throws -> [String: Any] {
        try #require(try Yams.load(yaml: try Project.file("openapi.yaml").text) as? [String: Any])
    }

    @Test("Every route is in openapi.yaml, and openapi.yaml has no other route")
    func routes() throws {
        let paths = try #require(try contract()["paths"] as? [String: [String: Any]])
        let promised = paths.flatMap { path, item in
            item.keys.filter(Self.methods.contains).map { "\($0.uppercased()) \(path)" }
        }
        let served = API.endpoints.map { "\($0.method.rawValue) \($0.path)" }
        #expect(Set(promised) == Set(served))
        #expect(promised.count == served.count)
    }

    @Test("openapi.yaml requires a token exactly where the router does")
    func security() throws {
        let document = try contract()
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let everywhere = (document["security"] as? [[String: Any]])?.isEmpty == false
        for endpoint in API.endpoints {
            let operation = try #require(
                paths[endpoint.path]?[endpoint.method.rawValue.lowercased()] as? [String: Any])
            let own = operation["security"] as? [[String: Any]]
            let needsToken = own.map { !$0.isEmpty } ?? everywhere
            #expect(needsToken == (endpoint.access != .anyone), "\(endpoint.method) \(endpoint.path)")
        }
    }

    @Test("Every operation has a default response, for problems of later versions")
    func defaultResponses() throws {
        let paths = try #require(try contract()["paths"] as? [String: [String: Any]])
        for (path, item) in paths {
            for (method, operation) in item where Self.methods.contains(method) {
                let responses = (operation as? [String: Any])?["responses"] as? [String: Any]
                #expect(responses?["default"] != nil, "\(method) \(path)")
            }
        }
    }

    @Test("Every problem code is in openapi.yaml and docs/ERRORS.md with its status, and there are no others")
    func codes() throws {
        let schemas = try #require(
            (try contract()["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]])
        var promised: [String: Set<Int>] = [:]
        for (name, schema) in schemas where name.hasSuffix("Problem") && name != "UnlistedProblem" {
            let parts = try #require(schema["allOf"] as? [[String: Any]], "\(name)")
            #expect(parts.first?["$ref"] as? String == "#/components/schemas/ProblemBase", "\(name)")
            let properties = try #require(parts.last?["properties"] as? [String: [String: Any]], "\(name)")
            let codes = try #require(properties["code"]?["enum"] as? [String], "\(name)")
            let statuses = try #require(properties["status"]?["enum"] as? [Int], "\(name)")
            for code in codes { promised[code, default: []].formUnion(statuses) }
        }
        let served = Dictionary(
            uniqueKeysWithValues: ProblemCode.allCases.map { ($0.rawValue, Set([$0.status.code])) })
        #expect(promised == served)

        let row = #/^\| `([A-Z_]+)` \| (\d{3}) \|/#
        var documented: [String: Set<Int>] = [:]
        for line in try Project.file("docs/ERRORS.md").lines {
            guard let match = line.firstMatch(of: row), let status = Int(match.2) else { continue }
            documented[String(match.1), default: []].insert(status)
        }
        #expect(documented == served)
    }

    @Test("docs/CURRENCIES.md lists every currency with its minor units, and openapi.yaml lists the minor units")
    func currencies() throws {
        var documented: [String: Int] = [:]
        for line in try Project.file("docs/CURRENCIES.md").lines {
            guard let row = line.wholeMatch(of: #/\| (\d) \| [\d.]+ \| (.+) \|/#) else { continue }
            for code in row.2.matches(of: #/`([A-Z]{3})`/#) { documented[String(code.1)] = Int(row.1) }
        }
        #expect(documented == Dictionary(uniqueKeysWithValues: Currency.all.map { ($0.code, $0.minorUnits) }))
        let schemas = (try contract()["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]]
        let minorUnits = try #require(schemas?["CurrencyMinorUnits"]?["enum"] as? [Int])
        #expect(minorUnits == Set(Currency.all.map(\.minorUnits)).sorted())
    }

    @Test("Every problem page is in openapi.yaml, and openapi.yaml has no other")
    func problemPages() throws {
        let paths = try #require(try contract()["paths"] as? [String: [String: Any]])
        let parameters = try #require(paths["/problems/{slug}"]?["parameters"] as? [[String: Any]])
        let slug = try #require(parameters.first { $0["name"] as? String == "slug" })
        let promised = (slug["schema"] as? [String: Any])?["enum"] as? [String]
        #expect(promised == ProblemCode.allCases.map(\.slug))
    }

    @Test("Every field error code is in openapi.yaml and docs/ERRORS.md, and there are no others")
    func fieldCodes() throws {
        let schemas = (try contract()["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]]
        let properties = try #require(schemas?["FieldFault"]?["properties"] as? [String: [String: Any]])
        let served = FieldError.Code.allCases.map(\.rawValue)
        #expect(Set(properties["code"]?["enum"] as? [String] ?? []) == Set(served))
        let errors = try Project.file("docs/ERRORS.md").text
        let documented = errors.matches(of: #/(?m)^\| `([A-Z_]+)` \| (?!\d{3} \|)/#).map { String($0.1) }
        #expect(documented.sorted() == served.sorted())
    }
}
