import CashPilot
import HTTPTypes
import HummingbirdCore
import NIOCore

/// A document that is the same until the program is another one. Its digest is its tag, so whoever has it gets a 304.
struct StaticPage: Sendable {
    /// One copy for all answers, however many wait for their clients.
    private let body: ByteBuffer
    private let headers: HTTPFields

    /// - Parameter headers: those that are its own.
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

    /// A page for people, in no frame.
    ///
    /// - Parameters:
    ///   - policy: what it may do, as `Content-Security-Policy` says it.
    ///   - locale: its language, if it has others too.
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

    /// 200, or 304 if the caller has it.
    func answer(to request: Request) -> Response {
        let tags = request.headers[.ifNoneMatch].map(EntityTag.list) ?? []
        guard tags.contains(where: { $0 == "*" || $0 == headers[.eTag] ?? "" }) else {
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
        }
        var kept = headers
        kept[.contentType] = nil
        return Response(status: .notModified, headers: kept)
    }

    /// As a policy names an inline text (CSP level 2): the digest in Base64, padded.
    static func digest(_ text: String) -> String {
        "'sha256-\(Base64.standard.encode(SHA256.hash(text.utf8).bytes))='"
    }
}
