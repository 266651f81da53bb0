import CashPilot
import HTTPTypes
import HummingbirdCore
import NIOCore

/// A document that changes only with the program. Its digest is its entity tag, so a repeated request gets 304.
struct StaticPage: Sendable {
    /// All responses share this copy, however many are in progress.
    private let body: ByteBuffer
    private let headers: HTTPFields

    /// - Parameter headers: additional headers of this document.
    init(_ text: String, _ type: String, _ headers: HTTPFields = [:]) {
        var headers = headers
        body = ByteBuffer(string: text)
        let digest = Base64.standard.encode(SHA256.hash(text.utf8).bytes)
        headers[.contentType] = type
        headers[.eTag] = "\"\(digest)\""
        headers[.cacheControl] = "public, max-age=300"
        headers[.xContentTypeOptions] = "nosniff"
        self.headers = headers
    }

    /// An HTML page that no site may embed in a frame.
    ///
    /// - Parameters:
    ///   - policy: the page's `Content-Security-Policy`.
    ///   - locale: the page's language, if it exists in several.
    init(html: String, policy: String, locale: Locale? = nil) {
        var headers: HTTPFields = [
            .contentSecurityPolicy: policy, .frameOptions: "DENY", .referrerPolicy: "no-referrer",
        ]
        if let locale {
            headers[.contentLanguage] = locale.rawValue
            headers[.vary] = "Accept-Language"
        }
        self.init(html, "text/html; charset=utf-8", headers)
    }

    /// 200, or 304 if the client has this version.
    func answer(to request: Request) -> Response {
        let tags = request.headers[.ifNoneMatch].map(EntityTag.list) ?? []
        guard tags.contains(where: { $0 == "*" || $0 == headers[.eTag] ?? "" }) else {
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
        }
        var kept = headers
        kept[.contentType] = nil
        return Response(status: .notModified, headers: kept)
    }

    /// The digest of an inline text for a policy (CSP level 2), in padded Base64.
    static func digest(_ text: String) -> String {
        "'sha256-\(Base64.standard.encode(SHA256.hash(text.utf8).bytes))='"
    }
}

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
