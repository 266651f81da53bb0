import Crypto
import Hummingbird

/// The reference till, as one document: the files of `till/` with the script and the style inside.
///
/// Its policy admits this script and this style by their digests, requests to where it came from, and nothing else;
/// markup made from texts is refused by the browsers that can.
enum TillPage {
    /// The scripts, each after what it uses.
    private static let scripts = [
        TillFiles.words, TillFiles.amounts, TillFiles.answers, TillFiles.intentions, TillFiles.forms,
        TillFiles.elements,
        TillFiles.requests, TillFiles.feed, TillFiles.dialog, TillFiles.screens, TillFiles.page,
        TillFiles.elsewhere, TillFiles.till,
    ]
    /// One copy for all answers, however many wait for their clients.
    private static let body = ByteBuffer(string: html)
    static let script = "\n" + scripts.joined()
    static let html = filled(filled(TillFiles.document, "style", TillFiles.style), "script", script)
    static let policy = """
        default-src 'none'; script-src \(digest(script)); style-src \(digest(TillFiles.style)); img-src data:; \
        connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
        require-trusted-types-for 'script'; trusted-types 'none'
        """

    /// `GET /till` → 200.
    static func show(_ request: Request, context: APIContext) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8", .cacheControl: "public, max-age=300",
                .contentSecurityPolicy: policy, .frameOptions: "DENY", .referrerPolicy: "no-referrer",
                .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody(byteBuffer: body))
    }

    private static func filled(_ document: String, _ place: String, _ text: String) -> String {
        document.split(separator: "{{\(place)}}", maxSplits: 1, omittingEmptySubsequences: false)
            .joined(separator: text)
    }

    /// As a policy names an inline text (CSP level 2): the digest in Base64, padded.
    private static func digest(_ text: String) -> String {
        "'sha256-\(Base64.standard.encode(Array(SHA256.hash(data: Array(text.utf8)))))='"
    }
}
