import CashPilot

/// What every page for people has around its body.
enum HTMLDocument {
    /// - Parameters:
    ///   - title: plain text, escaped already.
    ///   - head: what is in the page's head besides, whole lines.
    ///   - body: whole lines.
    static func text(_ title: String, head: String, body: String, in locale: Locale) -> String {
        """
        <!DOCTYPE html>
        <html lang="\(locale.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title)</title>
        \(head)
        </head>
        <body>
        \(body)
        </body>
        </html>

        """
    }
}
