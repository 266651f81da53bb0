import CashPilot
import HTTPTypes
import Testing

@testable import CashPilotHTTP

@Suite("The cache of callers")
struct CallerCacheTests {
    private static let session = "/v1/businesses/\(Sample.business)/sessions/\(Sample.session)"

    @Test("The caller cache stays within its limit and evicts only unused bearers")
    func bounded() {
        let cache = CallerCache()
        let used = bearer(-1)
        cache.insert(principal(-1), for: used)
        for number in 0..<(3 * CallerCache.countMax) {
            cache.insert(principal(number), for: bearer(number))
            #expect(cache.count <= CallerCache.countMax)
            if number.isMultiple(of: 1000) { #expect(cache.principal(of: used) == principal(-1)) }
        }
        #expect(cache.principal(of: bearer(0)) == nil)
        #expect(cache.principal(of: bearer(3 * CallerCache.countMax - 1)) == principal(3 * CallerCache.countMax - 1))
        cache.remove(used)
        #expect(cache.principal(of: used) == nil)
    }

    @Test("The first request of a bearer reads its principal, and later ones do not")
    func reads() async throws {
        let fixture = try await APIFixture()
        for _ in 0..<3 { #expect(try await fixture.send(.get, "/v1/me").status == 200) }
        #expect(fixture.store.state.withLock { $0.principalReads } == 1)
    }

    @Test("A text that is not a bearer is rejected with 401 and without a read")
    func malformed() async throws {
        let fixture = try await APIFixture()
        let text = APIFixture.bearer.text
        for wrong in [String(text.dropLast()), text + "A", "CPS" + text.dropFirst(3), "cpx" + text.dropFirst(3)] {
            let answer = try await fixture.send(.get, "/v1/me", [.authorization: "Bearer \(wrong)"])
            #expect(answer.status == 401, "\(wrong)")
            #expect(answer.headers[.wwwAuthenticate] == #"Bearer realm="cashpilot", error="invalid_token""#)
        }
        #expect(fixture.store.state.withLock { $0.principalReads } == 0)
    }

    @Test(
        "A cached bearer that was revoked gets 401, whatever else is wrong with the request",
        arguments: [
            (.get, "/v1/businesses/x/sessions", [:], nil), (.get, "/v1/me?x=1", [:], nil),
            (.post, session + "/close", [:], "{"), (.post, session + "/close", [:], "{}"),
            (.post, session + "/close", [.contentType: "text/plain"], "{}"),
            (.post, session + "/close", [.contentLength: "65537"], "{}"),
            (.post, session + "/close", [:], "{\"notes\":\"" + String(repeating: "x", count: 65_536) + "\"}"),
            (.get, "/v1/businesses/\(Sample.business)/sessions?cursor=x", [:], nil),
        ] as [(HTTPRequest.Method, String, HTTPFields, String?)])
    func revoked(_ method: HTTPRequest.Method, _ path: String, _ headers: HTTPFields, _ body: String?) async throws {
        let fixture = try await APIFixture()
        let before = try await fixture.send(method, path, headers, body: body)
        #expect((400..<500).contains(before.status) && before.status != 401)
        fixture.store.state.withLock { $0.principals = [:] }
        let after = try await fixture.send(method, path, headers, body: body)
        #expect(after.status == 401)
        #expect(after.headers[.wwwAuthenticate] == #"Bearer realm="cashpilot", error="invalid_token""#)
    }

    @Test("A request without a bearer gets 401 although its body is too large")
    func anonymous() async throws {
        let fixture = try await APIFixture()
        let answer = try await fixture.send(
            .post, Self.session + "/close", [.contentLength: "65537"], body: "{}", anonymously: true)
        #expect(answer.status == 401)
    }

    private func bearer(_ number: Int) -> BearerHash { BearerHash(SHA256.hash("\(number)".utf8).bytes) }

    private func principal(_ number: Int) -> Principal {
        Principal(
            credential: CredentialID(high: 0, low: UInt64(number + 1)), user: Sample.ana, kind: .login,
            locale: .spanish)
    }
}
