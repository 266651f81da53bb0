import Testing

@testable import CashPilotHTTP

@Suite("GET /till")
struct TillPageTests {
    private func page() async throws -> TestResponse {
        try await APIFixture().send(.get, "/till", anonymously: true)
    }

    @Test("GET /till returns one document without external resources, and needs no bearer")
    func whole() async throws {
        let answer = try await page()
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        #expect(answer.headers[.cacheControl] == "public, max-age=300")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        #expect(answer.headers[.frameOptions] == "DENY")
        #expect(answer.body.hasPrefix("<!DOCTYPE html>"))
        #expect(answer.body.hasSuffix("</html>\n"))
        #expect(!answer.body.contains("{{"), "a place was not filled")
        #expect(!answer.body.contains(#/https?:\/\/|\ssrc=|@import|url\(/#))
    }

    @Test("The policy of /till allows its own script and style by digest, and forbids all others")
    func policy() async throws {
        let answer = try await page()
        let policy = try #require(answer.headers[.contentSecurityPolicy])
        for (element, directive) in [("script", "script-src"), ("style", "style-src")] {
            let text = try #require(self.inside(element, of: answer.body))
            let digest = Base64.standard.encode(SHA256.hash(text.utf8).bytes)
            #expect(policy.contains("\(directive) 'sha256-\(digest)=';"))
        }
        for rule in [
            "default-src 'none'", "connect-src 'self'", "form-action 'none'", "frame-ancestors 'none'",
            "base-uri 'none'", "require-trusted-types-for 'script'",
        ] {
            #expect(policy.contains(rule), "\(rule)")
        }
        #expect(!policy.contains("unsafe"))
    }

    /// The content of the only element with this tag.
    private func inside(_ element: String, of document: String) -> Substring? {
        let parts = document.split(separator: "<\(element)>", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        return parts[1].split(separator: "</\(element)>", omittingEmptySubsequences: false).first
    }
}
