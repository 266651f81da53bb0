import HTTPTypes
import HummingbirdCore

/// The origins whose pages may use the API (`CORS_ALLOWED_ORIGINS`): the CORS protocol of the Fetch standard.
///
/// Credentials in the protocol's sense (cookies) are never allowed. A page sends its bearer itself.
package struct CrossOrigin: Sendable {
    private let origins: Set<String>

    /// Allows no origin. No response then has a CORS header.
    package init() { origins = [] }

    /// Parses exact origins such as `https://till.shop.example`, separated by commas; `nil` if an entry is no origin
    /// as browsers send it.
    package init?(_ text: String) {
        let entries = text.split(separator: ",", omittingEmptySubsequences: false).map { entry in
            String(entry.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        guard entries.allSatisfy(Self.isOrigin) else { return nil }
        origins = Set(entries)
    }

    /// Whether the text is a scheme, a host in lower case and a port other than the scheme's own.
    private static func isOrigin(_ text: String) -> Bool {
        let form = #/([a-z][a-z0-9+.\-]*):\/\/(?:[a-z0-9._\-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?/#
        guard let match = text.wholeMatch(of: form) else { return false }
        guard let port = match.2 else { return true }
        let own: Substring? = ["http": "80", "https": "443"][match.1]
        return port != own && !port.hasPrefix("0") && Int(port).map { $0 <= 65_535 } == true
    }

    /// Whether this is a preflight request of a page of an allowed origin.
    func isPreflight(_ request: Request) -> Bool {
        request.method == .options && request.headers[.accessControlRequestMethod] != nil
            && allowedOrigin(of: request) != nil
    }

    /// Adds the CORS headers to a response. This is the only place that does.
    func mark(_ response: inout Response, to request: Request) {
        markAsVarying(&response)
        guard let origin = allowedOrigin(of: request) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlExposeHeaders] = Self.exposedHeaders
        guard isPreflight(request) else { return }
        response.headers[.accessControlAllowMethods] = Self.methods
        response.headers[.accessControlAllowHeaders] = Self.requestHeaders
        response.headers[.accessControlMaxAge] = "7200"
        response.headers[.vary] = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    }

    /// Marks the response as different for each origin, for caches.
    func markAsVarying(_ response: inout Response) {
        guard !origins.isEmpty else { return }
        response.headers[.vary] = response.headers[.vary].map { "\($0), Origin" } ?? "Origin"
    }

    private func allowedOrigin(of request: Request) -> String? {
        guard !origins.isEmpty, let origin = request.headers[.origin], origins.contains(origin) else { return nil }
        return origin
    }

    /// All methods, so that the page can also read the problem document of a 404 or 405.
    private static let methods = "GET, HEAD, POST, PUT, PATCH, DELETE"
    private static let requestHeaders = """
        Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-Request-Id, \
        Accept-Language, traceparent
        """
    private static let exposedHeaders = """
        ETag, Location, Link, Retry-After, Idempotent-Replayed, X-Request-Id, Content-Language, RateLimit, \
        RateLimit-Policy
        """
}
