import Testing

@testable import CashPilotHTTP

@Suite("Public pages")
struct ContractPageTests {
    @Test(
        "A page needs no bearer, may be cached for 300 s, and is answered with 304 to a client that has it",
        arguments: ["/openapi.yaml", "/docs", "/till", "/problems/not-found"])
    func cached(path: String) async throws {
        let fixture = try await APIFixture()
        let first = try await fixture.send(.get, path, anonymously: true)
        #expect(first.status == 200)
        #expect(first.headers[.cacheControl] == "public, max-age=300")
        #expect(first.headers[.xContentTypeOptions] == "nosniff")
        let tag = try #require(first.headers[.eTag])
        for header in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
            let again = try await fixture.send(.get, path, [.ifNoneMatch: header], anonymously: true)
            #expect((again.status, again.body) == (304, ""), "\(header)")
            #expect(again.headers[.eTag] == tag)
            #expect(again.headers[.contentType] == nil)
        }
        let other = try await fixture.send(
            .get, path, [.ifNoneMatch: "\"other\", 1, \(tag.dropLast())"], anonymously: true)
        #expect((other.status, other.body) == (200, first.body))
        let head = try await fixture.send(.head, path, anonymously: true)
        #expect((head.status, head.body) == (200, ""))
        #expect(head.headers[.eTag] == tag)
    }

    @Test("/docs without RapiDoc links to openapi.yaml and names the command that installs RapiDoc, in both languages")
    func notBuiltIn() async throws {
        let fixture = try await APIFixture()
        let spanish = try await fixture.send(.get, "/docs", [.acceptLanguage: "es"], anonymously: true)
        #expect(spanish.body.contains("volvé a compilar"))
        #expect(spanish.headers[.contentLanguage] == "es-PY")
        let english = try await fixture.send(.get, "/docs", [.acceptLanguage: "en"], anonymously: true)
        #expect(english.body.contains("build again"))
        #expect(english.headers[.contentLanguage] == "en")
        #expect(english.headers[.eTag] != spanish.headers[.eTag])
        for page in [spanish, english] {
            #expect(page.body.contains(#"<meta name="color-scheme" content="light dark">"#))
            #expect(page.body.contains(#"<a href="/openapi.yaml">openapi.yaml</a>"#))
            #expect(page.body.contains("<code>scripts/install</code>"))
            #expect(page.headers[.vary] == "Accept-Language")
            #expect(page.headers[.contentSecurityPolicy]?.contains("script") == false)
        }
    }

    @Test("/docs embeds RapiDoc, and its policy allows its script by digest and no other")
    func builtIn() async throws {
        let script = "export default `<!-- \u{1} -->`;"
        let page = try await APIFixture(renderer: script).send(.get, "/docs", anonymously: true)
        #expect(page.body.contains(#"spec-url="/openapi.yaml""#))
        #expect(page.body.contains("<script type=\"module\">\n\(script)</script>"))
        #expect(page.body.contains(#/<noscript>.*<a href="\/openapi.yaml">.*<\/noscript>/#))
        let policy = try #require(page.headers[.contentSecurityPolicy])
        #expect(policy.contains("script-src \(StaticPage.digest("\n" + script));"))
        #expect(page.body.contains(#"color-scheme="system""#))
        for rule in ["default-src 'none'", "connect-src 'self'", "form-action 'none'", "frame-ancestors 'none'"] {
            #expect(policy.contains(rule), "\(rule)")
        }
    }

    @Test("The embedded RapiDoc contains no script tag, which could end the script element early")
    func wholeScript() {
        // A script element ends at the first end tag, or later after a start tag in a comment (HTML, "script data").
        let script = EmbeddedRenderer.text ?? ""
        #expect(!script.contains(#/(?i)<\/?script/#))
    }
}
