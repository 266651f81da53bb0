import HTTPTypes
import TestSupport
import Testing

@testable import CashPilotHTTP

@Suite("CORS")
struct CrossOriginTests {
    private static let page = "http://localhost:5173"
    private static let origins = "https://till.shop.example, http://localhost:5173"
    private let sessions = "/v1/businesses/\(Sample.business)/sessions"

    private func fixture() async throws -> APIFixture { try await APIFixture(origins: Self.origins) }

    @Test("A preflight from an allowed origin gets 204 with the methods, the headers and Max-Age, for every path")
    func preflight() async throws {
        for path in ["/v1/auth/token", sessions, "/nowhere"] {
            let answer = try await fixture().send(
                .options, path,
                [
                    .origin: Self.page, .accessControlRequestMethod: "PATCH",
                    .accessControlRequestHeaders: "content-type,authorization,idempotency-key",
                ], anonymously: true)
            #expect((answer.status, answer.body) == (204, ""))
            #expect(answer.headers[.accessControlAllowOrigin] == Self.page)
            #expect(answer.headers[.accessControlAllowMethods] == "GET, HEAD, POST, PUT, PATCH, DELETE")
            #expect(
                answer.headers[.accessControlAllowHeaders]
                    == "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, "
                    + "X-Request-Id, Accept-Language, traceparent")
            #expect(answer.headers[.accessControlMaxAge] == "7200")
            #expect(
                answer.headers[.vary] == "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
            #expect(answer.headers[.accessControlAllowCredentials] == nil)
        }
    }

    @Test("Every response to an allowed origin can be read by the page: results, problems, 304, pages and streams")
    func answers() async throws {
        let fixture = try await fixture()
        let session = "\(sessions)/\(Sample.session)"
        let table: [(HTTPRequest.Method, String, HTTPFields, String?, Int)] = [
            (.get, session, [:], nil, 200), (.get, session, [.ifNoneMatch: "\"1\""], nil, 304),
            (.post, sessions, [:], #"{"initial_cash":1}"#, 201), (.post, sessions, [:], "{", 400),
            (.get, "/v1/me", [.authorization: "Bearer x"], nil, 401), (.get, "/nowhere", [:], nil, 404),
            (.put, sessions, [:], nil, 405), (.post, sessions, [.contentLength: "65537"], "{}", 413),
            (.post, sessions, [.contentEncoding: "gzip"], "{}", 415), (.post, sessions, [:], "{}", 422),
            (.get, "/v1/me", [.host: "other"], nil, 400), (.get, "/livez", [:], nil, 200), (.get, "/", [:], nil, 302),
            (.get, "/openapi.yaml", [:], nil, 200), (.head, "/v1/me", [:], nil, 200),
        ]
        for (method, path, headers, body, status) in table {
            var headers = headers
            headers[.origin] = Self.page
            let answer = try await fixture.send(method, path, headers, body: body)
            #expect(answer.status == status, "\(method) \(path)")
            expectReadable(answer.headers)
        }
        fixture.store.state.withLock { $0.isGone = true }
        let gone = try await fixture.send(.get, session, [.origin: Self.page])
        #expect(gone.status == 503)
        expectReadable(gone.headers)
        let problem = try await fixture.send(.get, "/nowhere", [.origin: Self.page])
        #expect(problem.headers[.vary] == "Accept-Language, Origin")
    }

    private func expectReadable(_ headers: HTTPFields) {
        #expect(headers[.accessControlAllowOrigin] == Self.page)
        #expect(headers[.vary]?.hasSuffix("Origin") == true)
        let exposed = headers[.accessControlExposeHeaders]
        #expect(
            exposed == "ETag, Location, Link, Retry-After, Idempotent-Replayed, X-Request-Id, Content-Language, "
                + "RateLimit, RateLimit-Policy")
        #expect(headers[.accessControlAllowCredentials] == nil)
        #expect(headers[.accessControlAllowMethods] == nil)
    }

    @Test(
        "Another origin gets no CORS header, but caches learn that the response varies by origin",
        arguments: [
            "https://elsewhere.example", "null", "http://localhost", "http://localhost:5173/", "HTTP://localhost:5173",
            "https://till.shop.example.evil.example", "https://till.shop.example, http://localhost:5173", "",
        ])
    func otherOrigin(origin: String) async throws {
        let fixture = try await fixture()
        for method in [HTTPRequest.Method.options, .get] {
            let answer = try await fixture.send(
                method, "/v1/me", [.origin: origin, .accessControlRequestMethod: "GET"])
            #expect(answer.status == (method == .get ? 200 : 204))
            #expect(!answer.headers.contains { $0.name.canonicalName.hasPrefix("access-control") })
            #expect(answer.headers[.vary] == "Origin")
        }
        let lost = try await fixture.send(
            .options, "/nowhere", [.origin: origin, .accessControlRequestMethod: "GET"])
        #expect(lost.status == 404)
    }

    @Test("Without the setting, no response has a CORS header, and a preflight is an ordinary OPTIONS")
    func off() async throws {
        let headers: HTTPFields = [.origin: Self.page, .accessControlRequestMethod: "GET"]
        let fixture = try await APIFixture()
        for (method, path, status) in [(.options, "/v1/me", 204), (.get, "/v1/me", 200), (.options, "/x", 404)]
            as [(HTTPRequest.Method, String, Int)]
        {
            let answer = try await fixture.send(method, path, headers)
            #expect(answer.status == status)
            #expect(!answer.headers.contains { $0.name.canonicalName.hasPrefix("access-control") })
            #expect(answer.headers[.vary]?.contains("Origin") != true)
        }
    }

    @Test(
        "The setting accepts exact origins as browsers send them, and nothing else",
        arguments: [
            ("http://localhost:5173", true), ("https://a.example,https://b.example:8443", true),
            ("capacitor://localhost", true), ("http://[::1]:3000", true), ("http://10.0.0.7", true),
            (" https://a.example , https://b.example ", true), ("*", false), ("null", false), ("a.example", false),
            ("https://a.example/", false), ("https://a.example/till", false), ("https://A.example", false),
            ("HTTPS://a.example", false), ("https://a.example:443", false), ("http://a.example:80", false),
            ("http://a.example:0", false), ("http://a.example:65536", false), ("https://*.a.example", false),
            ("https://a.example,", false), ("https://u@a.example", false), ("https://a.example b", false),
        ])
    func setting(_ text: String, _ isValid: Bool) { #expect((CrossOrigin(text) != nil) == isValid) }

    @Test("A body with invalid chunks gets a problem document that the page can read")
    func invalidChunks() async throws {
        let text = try await TestServer.serve(fixture().api) { port in
            try await RawConnection.talk(to: port) { client in
                client.send(
                    "POST /v1/auth/token HTTP/1.1\r\nhost: x\r\norigin: \(Self.page)\r\n"
                        + "content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nx\r\n")
                return client.receive(upTo: "never")
            }
        }
        #expect(text.hasPrefix("HTTP/1.1 400 "))
        #expect(text.lowercased().contains("access-control-allow-origin: \(Self.page)\r\n"))
        #expect(text.contains(#""code":"BAD_REQUEST""#))
    }
}
