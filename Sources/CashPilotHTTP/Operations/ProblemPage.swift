import CashPilot

/// The page at a problem's `type` URL: one sentence for the person at the till, then the part for developers.
///
/// It fits any screen size, follows the system's light or dark colors, and needs no script or external resource.
enum ProblemPage {
    /// Allows only inline styles.
    static let policy = """
        default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    static func html(_ code: ProblemCode, in locale: Locale) -> String {
        let words = code.words(in: locale)
        let body = """
            <main>
            <h1>\(escape(words.title))</h1>
            <p class="advice">\(escape(words.advice))</p>
            <section>
            \(developersPart(code, in: locale))
            </section>
            </main>
            """
        return HTMLDocument.text("\(escape(words.title)) · CashPilot", head: style, body: body, in: locale)
    }

    private static func developersPart(_ code: ProblemCode, in locale: Locale) -> String {
        let example = ProblemExample(code, in: locale)
        let members = example.members.map { name in
            let meaning = ProblemGuide.members[name]?[locale] ?? ""
            return "<tr><th scope=\"row\"><code>\(name)</code></th><td>\(escape(meaning))</td></tr>"
        }
        let titles = Localized(es: "Los campos de la respuesta", en: "Members of the response")
        return """
            <h2>\(Localized(es: "Para quien programa", en: "For developers")[locale])</h2>
            <p>HTTP <code>\(code.status.code)</code> · <code>code</code>: <code>\(code.rawValue)</code></p>
            <p>\(escape(ProblemGuide.catalog[code]?[locale] ?? ""))</p>
            <h3>\(titles[locale])</h3>
            <table>
            \(members.joined(separator: "\n"))
            </table>
            <h3>\(Localized(es: "Ejemplo", en: "Example")[locale])</h3>
            <pre>\(escape(example.text))</pre>
            """
    }

    /// The contrast of text is at least 7:1 in both color schemes (WCAG 2.2, level AAA).
    private static let style = """
        <meta name="color-scheme" content="light dark">
        <style>
        body { font: 1.1em/1.5 system-ui, sans-serif; max-width: 40em; margin: 2em auto; padding: 0 1em; }
        body { color: #1c1c1c; background: #fff; }
        code, pre { background: #eee; border-radius: .2em; padding: .1em .3em; }
        pre { padding: .6em; white-space: pre-wrap; overflow-wrap: anywhere; }
        h1 { line-height: 1.2; }
        h2, h3 { font-size: 1em; }
        th, td { text-align: left; vertical-align: top; padding: .1em 1em .1em 0; font-weight: normal; }
        .advice { font-size: 1.3em; }
        section { border-top: 1px solid #767676; margin-top: 2em; font-size: .9em; }
        @media (prefers-color-scheme: dark) {
        body { color: #eee; background: #121212; }
        code, pre { background: #2a2a2a; }
        }
        </style>
        """

    private static func escape(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(character)
            }
        }
    }
}
