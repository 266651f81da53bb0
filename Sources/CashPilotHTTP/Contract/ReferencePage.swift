import CashPilot

/// The contract as a plain page: no script, nothing from elsewhere, and easy to search, print and read aloud. Its frame
/// speaks the reader's language; the contract itself is in English.
enum ReferencePage {
    /// Allows the page's own style, and nothing else.
    static let policy = """
        default-src 'none'; style-src \(StaticPage.digest(style)); img-src data:; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """

    static func page(_ reference: String, in locale: Locale) -> StaticPage {
        StaticPage(html: html(reference, in: locale), policy: policy, locale: locale)
    }

    private static func html(_ reference: String, in locale: Locale) -> String {
        let skip = Localized(es: "El contrato en YAML:", en: "The contract in YAML:")[locale]
        let head = """
            <link rel="icon" href="data:,">
            <style>\(style)</style>
            """
        let body = """
            <p>\(skip) <a href="/openapi.yaml">openapi.yaml</a></p>
            <main lang="en">
            \(filled(reference, in: locale))</main>
            """
        return HTMLDocument.text("CashPilot · API", head: head, body: body, in: locale)
    }

    /// The text with the page's words in their places, marked as what language they are in.
    private static func filled(_ text: String, in locale: Locale) -> String {
        var filled = ""
        filled.reserveCapacity(text.utf8.count)
        // By bytes: character by character it would take half of the program's start.
        var rest = text.utf8[...]
        while let brace = rest.firstIndex(of: UInt8(ascii: "{")) {
            let inner = rest[brace...].dropFirst()
            guard inner.first == UInt8(ascii: "{"), let end = inner.firstIndex(of: UInt8(ascii: "}")) else {
                filled += Substring(rest[...brace])
                rest = inner
                continue
            }
            let word = words[String(Substring(inner[..<end].dropFirst()))]?[locale] ?? ""
            filled += Substring(rest[..<brace])
            filled += locale == .english ? word : #"<span lang="\#(locale.rawValue)">\#(word)</span>"#
            rest = inner[end...].dropFirst(2)
        }
        return filled + Substring(rest)
    }

    /// The words for each place that `EmbedFiles` leaves.
    static let words: [String: Localized] = [
        "answers": Localized(es: "Respuestas", en: "Answers"),
        "body": Localized(es: "Cuerpo", en: "Body"),
        "content": Localized(es: "Contenido o problema", en: "Content or problem"),
        "contents": Localized(es: "Contenido", en: "Contents"),
        "cookie": Localized(es: "cookie", en: "cookie"),
        "for_anyone": Localized(es: "Para cualquiera, sin token.", en: "For anyone, without a token."),
        "header": Localized(es: "encabezado", en: "header"),
        "headers": Localized(es: "Encabezados", en: "Headers"),
        "length": Localized(es: "largo", en: "length"),
        "meaning": Localized(es: "Significado", en: "Meaning"),
        "name": Localized(es: "Nombre", en: "Name"),
        "otherwise": Localized(es: "si falta:", en: "if absent:"),
        "parameters": Localized(es: "Parámetros", en: "Parameters"),
        "path": Localized(es: "ruta", en: "path"),
        "place": Localized(es: "Lugar", en: "Place"),
        "query": Localized(es: "consulta", en: "query"),
        "required": Localized(es: "obligatorio", en: "required"),
        "schemas": Localized(es: "Esquemas", en: "Schemas"),
        "status": Localized(es: "Estado", en: "Status"),
        "token_needed": Localized(es: "Necesita un token.", en: "Needs a token."),
        "type": Localized(es: "Tipo", en: "Type"),
    ]

    private static let style = """

        body { font: 1em/1.5 system-ui, sans-serif; max-width: 64em; margin: 2em auto; padding: 0 1em; }
        body { color: #1c1c1c; background: #fff; }
        code, pre { font-family: ui-monospace, monospace; background: #eee; border-radius: .2em; }
        code { padding: .1em .3em; overflow-wrap: anywhere; }
        th code, td a code { overflow-wrap: normal; }
        pre { padding: .8em; overflow-x: auto; }
        nav ul { list-style: none; padding: 0; }
        article { border-top: 1px solid #ccc; margin-top: 2em; }
        table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; }
        th, td { border: 1px solid #ccc; padding: .3em .5em; text-align: left; vertical-align: top; }
        td p { margin: 0; }
        .access { font-style: italic; }

        """
}
