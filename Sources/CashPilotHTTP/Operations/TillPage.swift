import HummingbirdCore

/// The reference till as one document: the files of `till/` with inline script and style.
///
/// Its policy allows this script and style by digest, and requests to its own origin. Browsers that support Trusted
/// Types also reject markup made from strings.
enum TillPage {
    /// The scripts. Each one follows the scripts that it uses.
    private static let scripts = [
        TillFiles.words, TillFiles.english, TillFiles.addresses, TillFiles.amounts, TillFiles.typing, TillFiles.times,
        TillFiles.answers, TillFiles.intentions, TillFiles.forms, TillFiles.actions, TillFiles.summary,
        TillFiles.translations, TillFiles.idle, TillFiles.storage,
        TillFiles.elements, TillFiles.requests, TillFiles.feed, TillFiles.dialog, TillFiles.controls,
        TillFiles.screens, TillFiles.session, TillFiles.entrance, TillFiles.page, TillFiles.elsewhere,
        TillFiles.acting, TillFiles.ownpin, TillFiles.login, TillFiles.till,
    ]
    static let script = "\n" + scripts.joined()
    static let html = filled(filled(TillFiles.document, "style", TillFiles.style), "script", script)
    static let policy = """
        default-src 'none'; script-src \(StaticPage.digest(script)); \
        style-src \(StaticPage.digest(TillFiles.style)); img-src data:; connect-src 'self'; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'
        """

    /// `GET /till` → 200.
    static func show(_ request: Request, context: APIContext) -> Response { page.answer(to: request) }

    private static let page = StaticPage(html: html, policy: policy)

    private static func filled(_ document: String, _ place: String, _ text: String) -> String {
        document.split(separator: "{{\(place)}}", maxSplits: 1, omittingEmptySubsequences: false)
            .joined(separator: text)
    }
}
