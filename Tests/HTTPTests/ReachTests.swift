import HTTPTypes
import TestSupport
import Testing

@testable import CashPilotHTTP
@testable import HTTPServer

/// HTTP as clients and proxies send it.
@Suite("HTTP of clients and proxies")
struct ReachTests {
    private let session = "/v1/businesses/\(Sample.business)/sessions/\(Sample.session)"

    @Test("OPTIONS needs no bearer and lists the methods of a path, with Accept-Patch if it has PATCH")
    func options() async throws {
        let fixture = try await APIFixture()
        let one = try await fixture.send(.options, session, anonymously: true)
        #expect((one.status, one.body) == (204, ""))
        #expect(one.headers[.allow] == "GET, HEAD, PATCH, DELETE, OPTIONS")
        #expect(one.headers[.acceptPatch] == "application/json, application/merge-patch+json")
        let login = try await fixture.send(.options, "/v1/auth/token", anonymously: true)
        #expect((login.status, login.headers[.allow]) == (204, "POST, OPTIONS"))
        #expect(login.headers[.acceptPatch] == nil)
        let all = try await fixture.send(.options, "*", anonymously: true)
        #expect((all.status, all.headers[.allow]) == (204, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"))
        #expect(try await fixture.send(.options, "/nowhere", anonymously: true).status == 404)
        for method in [HTTPRequest.Method.trace, HTTPRequest.Method("PROPFIND")].compactMap(\.self) {
            let other = try await fixture.send(method, session)
            #expect((other.status, other.headers[.allow]) == (405, one.headers[.allow]))
        }
    }

    @Test("The service's list of methods has those of all endpoints")
    func methods() {
        let methods = Set(API.routes.methods.split(separator: ",").map { String($0.drop { $0 == " " }) })
        #expect(methods == Set(API.endpoints.map(\.method.rawValue)).union(["HEAD", "OPTIONS"]))
    }

    @Test(
        "A compressed body is refused with 415 and Accept-Encoding, also if it only claims to be compressed",
        arguments: [
            ("gzip", 415), ("x-gzip", 415), ("GZIP", 415), ("br", 415), ("deflate, gzip", 415), ("identity, gzip", 415),
            ("identity", 422), ("Identity", 422), ("", 422),
        ])
    func contentCoding(_ coding: String, _ status: Int) async throws {
        let answer = try await APIFixture().send(
            .patch, session, [.contentEncoding: coding, .acceptLanguage: "en"], body: #"{"nothing":1}"#)
        #expect(answer.status == status)
        #expect(answer.headers[.acceptEncoding] == (status == 415 ? "identity" : nil))
        if status == 415 { #expect(answer.body.contains("The body is compressed (Content-Encoding).")) }
    }

    @Test(
        "A target is a path, an absolute URL or *",
        arguments: [
            ("/livez", .get, "/livez", nil), ("//x/livez", .get, "//x/livez", nil),
            ("http://till.example/livez", .get, "/livez", "till.example"),
            ("HTTPS://Till.Example:8443/v1/me?a=http://b/", .get, "/v1/me?a=http://b/", "Till.Example:8443"),
            ("http://[::1]:8080/livez", .get, "/livez", "[::1]:8080"), ("http://x", .get, "/", "x"),
            ("http://x?a=1", .get, "/?a=1", "x"), ("http://x:", .get, "/", "x:"), ("*", .options, "*", nil),
            ("http://x", .options, "*", "x"), ("http://x/", .options, "/", "x"),
        ] as [(String, HTTPRequest.Method, String, String?)])
    func target(_ text: String, _ method: HTTPRequest.Method, _ path: String, _ authority: String?) {
        let target = RequestTarget(text, method)
        #expect(target?.path == path)
        #expect(target?.authority == authority)
    }

    @Test(
        "Any other target is malformed",
        arguments: [
            ("*", .get), ("x:80", .connect), ("http://x/", .connect), ("", .get), ("livez", .get), ("ftp://x/", .get),
            ("http:/x", .get), ("http://", .get), ("http:///livez", .get), ("http://a@x/", .get),
            ("http://x:y/", .get), ("http://[x]/", .get), ("http://[::1/", .get), ("http://x#y", .get),
            ("http://a b/", .get),
        ] as [(String, HTTPRequest.Method)])
    func badTarget(_ text: String, _ method: HTTPRequest.Method) { #expect(RequestTarget(text, method) == nil) }

    @Test(
        "Every request gets a response with a request id, and every error is a problem document",
        arguments: [
            ("GET http://till.example/livez HTTP/1.1\r\nHost: x", 200, nil),
            ("OPTIONS * HTTP/1.1\r\nHost: x", 204, nil), ("GET /livez HTTP/1.1", 400, "BAD_REQUEST"),
            ("GET * HTTP/1.1\r\nHost: x", 400, "BAD_REQUEST"), ("GET nowhere HTTP/1.1\r\nHost: x", 400, "BAD_REQUEST"),
            ("CONNECT x:80 HTTP/1.1\r\nHost: x:80", 501, "NOT_IMPLEMENTED"),
            ("BREW /livez HTTP/1.1\r\nHost: x", 501, "NOT_IMPLEMENTED"),
            ("TRACE /livez HTTP/1.1\r\nHost: x", 405, "METHOD_NOT_ALLOWED"),
            ("GET /livez HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "x", count: 20_000))", 431, "HEADERS_TOO_LARGE"),
        ] as [(String, Int, String?)])
    func wire(_ head: String, _ status: Int, _ code: String?) async throws {
        let text = try await TestServer.talk { client in
            client.send(head + "\r\nConnection: close\r\n\r\n")
            return client.receive(upTo: "never")
        }
        #expect(text.hasPrefix("HTTP/1.1 \(status) "))
        let id = try #require(text.firstMatch(of: #/(?i)\r\nx-request-id: (\S+)\r\n/#)).1
        guard let code else { return }
        #expect(text.lowercased().contains("\r\ncontent-type: application/problem+json\r\n"))
        #expect(text.contains(#""code":"\#(code)""#))
        #expect(text.contains(#""request_id":"\#(id)""#))
    }

    @Test("A page's entity tag is recognized after a proxy has compressed the page")
    func compressedPage() async throws {
        let fixture = try await APIFixture()
        let tag = try #require(try await fixture.send(.get, "/till", anonymously: true).headers[.eTag])
        for sent in ["W/\(tag)", "\(tag.dropLast())-gzip\"", "W/\(tag.dropLast());gzip\""] {
            #expect(try await fixture.send(.get, "/till", [.ifNoneMatch: sent], anonymously: true).status == 304)
        }
    }
}
