import CashPilot

/// The page at a problem's `type` URL: the code's meaning and how to resolve it.
///
/// It fits any screen size and needs no script or external resource.
enum ProblemPage {
    /// Allows only inline styles.
    static let policy = """
        default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    static func html(_ code: ProblemCode, in locale: Locale) -> String {
        let words = code.words(in: locale)
        let whatToDo = Localized(es: "Qué hacer", en: "What to do")[locale]
        let body = """
            <p><code>\(code.status.code)</code> <code>\(code.rawValue)</code></p>
            <h1>\(escape(words.title))</h1>
            <p>\(escape(words.detail))</p>
            <h2>\(whatToDo)</h2>
            <p>\(escape(words.advice))</p>
            """
        return HTMLDocument.text("\(escape(words.title)) · CashPilot", head: style, body: body, in: locale)
    }

    private static let style = """
        <style>
        body { font: 1.1em/1.5 system-ui, sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em; }
        body { color: #1c1c1c; background: #fff; }
        code { background: #eee; padding: .1em .3em; border-radius: .2em; }
        h1 { line-height: 1.2; }
        h2 { font-size: 1em; margin-bottom: 0; }
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
