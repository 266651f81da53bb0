import CashPilot

/// The contract drawn by RapiDoc, with a form to try each operation. One document: the script is in it, and its policy
/// admits that script by its digest, requests to where it came from, and nothing else. The script writes styles.
enum TryPage {
    static func page(_ script: String, in locale: Locale) -> StaticPage {
        let script = "\n" + script
        let plain = Localized(es: "Página simple", en: "Plain page")[locale]
        let needsScript = Localized(
            es: "Esta página necesita JavaScript. Hay otra que no:", en: "This page needs JavaScript. Another does not:"
        )
        let body = """
            <noscript><p>\(needsScript[locale]) <a href="/docs/reference">\(plain)</a></p></noscript>
            <rapi-doc lang="en" spec-url="/openapi.yaml" render-style="focused" schema-style="table" load-fonts="false"
              regular-font="system-ui, sans-serif" mono-font="monospace" show-header="false" show-components="true"
              use-path-in-nav-bar="true" show-method-in-nav-bar="as-colored-text" allow-server-selection="false"
              allow-spec-url-load="false" allow-spec-file-load="false" persist-auth="false">
            <p slot="nav-logo" lang="\(locale.rawValue)"><a href="/docs/reference">\(plain)</a> · <a href="/openapi.yaml">openapi.yaml</a></p>
            </rapi-doc>
            <script type="module">\(script)</script>
            """
        let html = HTMLDocument.text(
            "CashPilot · API", head: #"<link rel="icon" href="data:,">"#, body: body, in: locale)
        let policy = """
            default-src 'none'; script-src \(StaticPage.digest(script)); style-src 'unsafe-inline'; \
            img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
            """
        return StaticPage(html: html, policy: policy, locale: locale)
    }
}
