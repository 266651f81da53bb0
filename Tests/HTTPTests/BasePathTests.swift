import HTTPTypes
import Testing

@testable import CashPilotHTTP

@Suite("PUBLIC_BASE_PATH")
struct BasePathTests {
    private let sessions = "/v1/businesses/\(Sample.business)/sessions"

    @Test(
        "Every path in a response has the prefix, whether the load balancer keeps or removes it",
        arguments: ["/shop/cashpilot", ""])
    func prefixed(sent: String) async throws {
        let base = "/shop/cashpilot"
        let fixture = try await APIFixture(basePath: base)
        let opened = try await fixture.send(.post, sent + sessions, body: #"{"initial_cash":1}"#)
        #expect(opened.status == 201)
        #expect(opened.headers[.location] == "\(base)\(sessions)/\(Sample.session)")
        fixture.store.state.withLock { $0.existing = Sample.existing() }
        let conflict = try await fixture.send(.post, sent + sessions, body: #"{"initial_cash":1}"#)
        #expect(conflict.status == 409)
        #expect(conflict.body.contains(#""type":"\#(base)/problems/session-already-open""#))
        let hrefs = conflict.body.matches(of: #/"href":"([^"]*)"/#).map(\.1)
        #expect(hrefs.count > 3 && hrefs.allSatisfy { $0.hasPrefix("\(base)/v1/businesses/") })
        fixture.store.state.withLock { $0.sessions = [Sample.openSession(), Sample.openSession()] }
        let list = try await fixture.send(.get, sent + sessions + "?limit=1")
        let link = try #require(list.headers[.link]).dropFirst().prefix { $0 != ">" }
        #expect(link.hasPrefix("\(base)\(sessions)?limit=1&cursor="))
        // The cursor is the same with and without the prefix.
        for target in [String(link), String(link.dropFirst(base.count))] {
            #expect(try await fixture.send(.get, target).status == 200)
        }
        let root = try await fixture.send(.get, sent + "/", anonymously: true)
        #expect((root.status, root.headers[.location]) == (302, "\(base)/till"))
        let docs = try await fixture.send(.get, sent + "/docs", anonymously: true)
        #expect(docs.body.contains(#"<a href="\#(base)/openapi.yaml">"#))
        let contract = try await fixture.send(.get, sent + "/openapi.yaml", anonymously: true)
        #expect(contract.body.contains("\n  - url: \(base)\n"))
        let lost = try await fixture.send(.get, sent + "/nowhere")
        #expect(lost.status == 404)
        #expect(lost.body.contains(#""type":"\#(base)/problems/not-found""#))
    }

    @Test("The prefix itself leads to the till, and a path that only begins like it is unknown")
    func edges() async throws {
        let fixture = try await APIFixture(basePath: "/cashpilot")
        for target in ["/cashpilot", "/cashpilot?x=1", "/cashpilot/"] {
            #expect(try await fixture.send(.get, target).headers[.location] == "/cashpilot/till")
        }
        for target in ["/cashpilots/livez", "/cashpilot/cashpilot/livez", "/Cashpilot/livez", "/cashpilot//livez"] {
            #expect(try await fixture.send(.get, target).status == 404, "\(target)")
        }
        #expect(try await fixture.send(.get, "/cashpilot/v1/me?x=1").status == 422)
    }

    @Test("Without the setting, / leads to the till, and no path has a prefix")
    func none() async throws {
        let fixture = try await APIFixture()
        for method in [HTTPRequest.Method.get, .head] {
            let root = try await fixture.send(method, "/", [.accept: "text/html"], anonymously: true)
            #expect((root.status, root.headers[.location]) == (302, "/till"))
            #expect(root.headers[.cacheControl] == "no-store")
        }
        #expect(try await fixture.send(.get, "/cashpilot/livez").status == 404)
    }

    @Test(
        "The setting accepts a path that no request of the API begins with",
        arguments: [
            ("/cashpilot", true), ("/shop/cash-pilot_2.0~x", true), ("", false), ("/", false), ("cashpilot", false),
            ("/cashpilot/", false), ("/a//b", false), ("/a/../b", false), ("/a b", false), ("/caja-ñ", false),
            ("/%61", false), ("/v1", false), ("/v1/cash", false), ("/till", false), ("https://a.example/x", false),
            ("/" + String(repeating: "a", count: 200), false),
        ])
    func setting(_ text: String, _ isValid: Bool) { #expect((BasePath(text) != nil) == isValid) }
}
