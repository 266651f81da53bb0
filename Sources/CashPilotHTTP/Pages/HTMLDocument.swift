import CashPilot

/// The HTML frame of all pages.
enum HTMLDocument {
    /// - Parameters:
    ///   - title: plain text, already escaped.
    ///   - head: further whole lines of the `head` element.
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
