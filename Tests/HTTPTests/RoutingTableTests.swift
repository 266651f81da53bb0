import HTTPTypes
import Testing

@testable import CashPilotHTTP

@Suite("Routing table")
struct RoutingTableTests {
    private func match(_ method: HTTPRequest.Method, _ path: String) -> String {
        switch API.routes.match(method, path) {
        case .endpoint(let place, let values):
            ([API.endpoints[place].path] + values.map(String.init)).joined(separator: " ")
        case .methodNotAllowed(let allow): "405 \(allow)"
        case .notFound: "404"
        }
    }

    @Test(
        "A path matches its endpoint in exactly one spelling",
        arguments: [
            (.get, "/v1/me", "/v1/me"), (.head, "/v1/me", "/v1/me"), (.post, "/v1/me", "405 GET, HEAD, OPTIONS"),
            (.options, "/v1/me", "405 GET, HEAD, OPTIONS"), (.get, "/v1/auth/token", "405 POST, OPTIONS"),
            (.get, "/v1/businesses/b/sessions", "/v1/businesses/{business_id}/sessions b"),
            (.delete, "/v1/businesses/b/sessions", "405 POST, GET, HEAD, OPTIONS"),
            (.get, "/v1/businesses/b/sessions/current", "/v1/businesses/{business_id}/sessions/current b"),
            (.get, "/v1/businesses/b/sessions/s", "/v1/businesses/{business_id}/sessions/{session_id} b s"),
            (
                .post, "/v1/businesses/b/sessions/s/close",
                "/v1/businesses/{business_id}/sessions/{session_id}/close b s"
            ),
            (.get, "/v1/businesses/b/sessions/s/close", "405 POST, OPTIONS"),
            (.get, "/problems/not-found", "/problems/{slug} not-found"),
            (.get, "/", "/"), (.get, "", "404"), (.get, "v1/me", "404"), (.get, "/v1/me/", "404"),
            (.get, "//v1/me", "404"), (.get, "/v1//me", "404"), (.get, "/V1/me", "404"), (.get, "/v1/%6De", "404"),
            (.get, "/problems/", "404"), (.get, "/problems/a/b", "404"), (.get, "/v1/businesses//sessions", "404"),
            (.get, "/v1/businesses/b/sessions/s/close/x/y/z/1/2/3/4/5", "404"), (.get, "*", "404"),
        ] as [(HTTPRequest.Method, String, String)])
    func leads(_ method: HTTPRequest.Method, _ path: String, _ expected: String) {
        #expect(match(method, path) == expected)
    }

    @Test("The path of each endpoint matches that endpoint")
    func everyEndpoint() {
        for (place, endpoint) in API.endpoints.enumerated() {
            guard case .endpoint(place, _) = API.routes.match(endpoint.method, endpoint.path) else {
                Issue.record("\(endpoint.path) leads elsewhere")
                continue
            }
        }
    }
}
