import Testing

@testable import CashPilotHTTP

@Suite("The contract, for programs and for people")
struct ContractPageTests {
    @Test(
        "is answered to anybody, kept for five minutes, and not sent again to who has it",
        arguments: ["/openapi.yaml", "/docs", "/docs/reference", "/till", "/problems/not-found"])
    func kept(path: String) async throws {
        let fixture = try await APIFixture()
        let first = try await fixture.ask(.get, path, anonymously: true)
        #expect(first.status == 200)
        #expect(first.headers[.cacheControl] == "public, max-age=300")
        #expect(first.headers[.xContentTypeOptions] == "nosniff")
        let tag = try #require(first.headers[.eTag])
        for header in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
            let again = try await fixture.ask(.get, path, [.ifNoneMatch: header], anonymously: true)
            #expect((again.status, again.body) == (304, ""), "\(header)")
            #expect(again.headers[.eTag] == tag)
            #expect(again.headers[.contentType] == nil)
        }
        let other = try await fixture.ask(
            .get, path, [.ifNoneMatch: "\"other\", 1, \(tag.dropLast())"], anonymously: true)
        #expect((other.status, other.body) == (200, first.body))
        let head = try await fixture.ask(.head, path, anonymously: true)
        #expect((head.status, head.body) == (200, ""))
        #expect(head.headers[.eTag] == tag)
    }

    @Test("is a plain page where nothing else is built in, with its own words in the reader's language")
    func plain() async throws {
        let fixture = try await APIFixture()
        for path in ["/docs", "/docs/reference"] {
            let spanish = try await fixture.ask(.get, path, [.acceptLanguage: "es"], anonymously: true)
            #expect(spanish.body.contains(#"<h1><span lang="es-PY">Respuestas</span></h1>"#))
            #expect(spanish.headers[.contentLanguage] == "es-PY")
            #expect(spanish.headers[.vary] == "Accept-Language")
            let english = try await fixture.ask(.get, path, [.acceptLanguage: "en"], anonymously: true)
            #expect(english.body.contains("<h1>Answers</h1>"))
            #expect(english.headers[.contentLanguage] == "en")
            #expect(english.headers[.contentSecurityPolicy]?.contains("script") == false)
            #expect(english.headers[.eTag] != spanish.headers[.eTag])
        }
    }

    @Test("is drawn by the script that is built in, which the policy admits by its digest and forbids all else")
    func drawn() async throws {
        let script = "export default `<!-- \u{1} -->`;"
        let page = try await APIFixture(renderer: script).ask(.get, "/docs", anonymously: true)
        #expect(page.body.contains(#"spec-url="/openapi.yaml""#))
        #expect(page.body.contains("<script type=\"module\">\n\(script)</script>"))
        let policy = try #require(page.headers[.contentSecurityPolicy])
        #expect(policy.contains("script-src \(StaticPage.digest("\n" + script));"))
        for rule in ["default-src 'none'", "connect-src 'self'", "form-action 'none'", "frame-ancestors 'none'"] {
            #expect(policy.contains(rule), "\(rule)")
        }
        let plain = try await APIFixture(renderer: script).ask(.get, "/docs/reference", anonymously: true)
        #expect(!plain.body.contains("<script"))
    }

    @Test("cannot be cut short by the script that is built in")
    func wholeScript() {
        // A script ends at the first end tag, or later after a start tag in a comment (HTML, "script data").
        let script = EmbeddedRenderer.text ?? ""
        #expect(!script.contains(#/(?i)<\/?script/#))
    }
}
