import CashPilot
import HummingbirdCore

/// Serves `openapi.yaml` and its page at `/docs`.
struct ContractRoutes {
    private let openAPI: StaticPage
    private let spanishDocs: StaticPage
    private let englishDocs: StaticPage
    private let defaultLocale: Locale

    init(_ contract: Contract, defaultLocale: Locale) {
        let base = BasePath.prefixed("")
        let yaml = base.isEmpty ? contract.yaml : contract.yaml.replacing("- url: /\n", with: "- url: \(base)\n")
        openAPI = StaticPage(yaml, "application/yaml")
        spanishDocs = DocsPage.page(contract.renderer, in: .spanish)
        englishDocs = DocsPage.page(contract.renderer, in: .english)
        self.defaultLocale = defaultLocale
    }

    /// `GET /openapi.yaml` → 200 (RFC 9512).
    func openAPI(_ request: Request, context: APIContext) -> Response { openAPI.answer(to: request) }

    /// `GET /docs` → 200.
    func docs(_ request: Request, context: APIContext) -> Response {
        switch request.headers[.acceptLanguage].flatMap(Locale.preferred) ?? defaultLocale {
        case .spanish: spanishDocs.answer(to: request)
        case .english: englishDocs.answer(to: request)
        }
    }
}

/// The contract, `openapi.yaml`, and the script that renders it at `/docs`.
package struct Contract: Sendable {
    let yaml: String
    /// RapiDoc as an ECMAScript module; `nil` if the build did not include it.
    let renderer: String?

    package init(yaml: String, renderer: String?) {
        self.yaml = yaml
        self.renderer = renderer
    }

    package static let embedded = Contract(yaml: EmbeddedText.openapi, renderer: EmbeddedRenderer.text)
}

/// The page at `/docs`: RapiDoc draws `/openapi.yaml` and can send each request.
///
/// The page is one document that contains the script. Its policy allows that script, by digest, and requests to the
/// page's own origin. Inline styles are allowed because RapiDoc writes them.
enum DocsPage {
    /// - Parameter script: RapiDoc as an ECMAScript module. Without it, the page only links to `/openapi.yaml`.
    static func page(_ script: String?, in locale: Locale) -> StaticPage {
        guard let script = script.map({ "\n" + $0 }) else { return page(body: notBuiltIn(in: locale), in: locale) }
        let needsScript = Localized(
            es: "Esta página necesita JavaScript. Si lo tenés desactivado, leé",
            en: "This page needs JavaScript. Without it, read")
        let address = BasePath.prefixed("/openapi.yaml")
        let body = """
            <noscript><p>\(needsScript[locale]) <a href="\(address)">openapi.yaml</a></p></noscript>
            <rapi-doc lang="en" spec-url="\(address)" render-style="focused" schema-style="table" load-fonts="false"
              theme="blue" color-scheme="system"
              regular-font="system-ui, sans-serif" mono-font="monospace" show-header="false" show-components="true"
              use-path-in-nav-bar="true" show-method-in-nav-bar="as-colored-text" allow-server-selection="false"
              allow-spec-url-load="false" allow-spec-file-load="false" persist-auth="false">
            <p slot="nav-logo"><a href="\(address)" style="color: inherit">openapi.yaml</a></p>
            </rapi-doc>
            <script type="module">\(script)</script>
            """
        let digest = StaticPage.digest(script)
        let allowed = "script-src \(digest); style-src 'unsafe-inline'; connect-src 'self'; "
        return page(body: body, allowing: allowed, in: locale)
    }

    private static func notBuiltIn(in locale: Locale) -> String {
        let link = #"<a href="\#(BasePath.prefixed("/openapi.yaml"))">openapi.yaml</a>"#
        let text = Localized(
            es: """
                <p>La API está descrita en \(link).</p>
                <p>Este programa se compiló sin la página interactiva. Para tenerla, ejecutá <code>scripts/install</code>
                y volvé a compilar.</p>
                """,
            en: """
                <p>The API is described in \(link).</p>
                <p>This program was built without the interactive page. To get it, run <code>scripts/install</code>
                and build again.</p>
                """)
        return "<h1>CashPilot · API</h1>\n\(text[locale])"
    }

    private static func page(body: String, allowing allowed: String = "", in locale: Locale) -> StaticPage {
        // The browser then draws text, links and background of the reader's colour scheme.
        let head = """
            <meta name="color-scheme" content="light dark">
            <link rel="icon" href="data:,">
            """
        let policy = """
            default-src 'none'; \(allowed)img-src 'self' data:; base-uri 'none'; form-action 'none'; \
            frame-ancestors 'none'
            """
        return StaticPage(
            html: HTMLDocument.text("CashPilot · API", head: head, body: body, in: locale), policy: policy,
            locale: locale)
    }
}
