import HTTPTypes
import HummingbirdCore

/// The path below which clients reach the service (`PUBLIC_BASE_PATH`): empty, or such as `/cashpilot`.
///
/// It prefixes each path in a response: `href`, `Location`, `Link`, the `type` of a problem and the links of pages. A
/// request may have the prefix or not, so a load balancer may keep or remove it. All other code gets requests without
/// the prefix. Stored responses have no prefix.
package struct BasePath: Sendable {
    /// The base path of the current request.
    @TaskLocal private static var current = ""

    private let text: String

    /// No prefix.
    package init() { text = "" }

    /// `nil` if the text is no path of `/` and `A–Z a–z 0–9 . _ - ~`, ends with a slash, or begins with a path of the
    /// API: a request could then have two meanings.
    package init?(_ text: String) {
        let segments = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        let isPath =
            text.hasPrefix("/") && text.utf8.count <= 200
            && segments.allSatisfy { segment in
                !segment.isEmpty && segment != "." && segment != ".."
                    && segment.utf8.allSatisfy { $0.isNameByte || $0 == UInt8(ascii: "~") }
            }
        guard isPath, let first = segments.first, !Self.ownSegments.contains(first) else { return nil }
        self.text = text
    }

    /// The first segments of the API's paths.
    private static let ownSegments = Set(API.endpoints.map { $0.path.dropFirst().prefix { $0 != "/" } })

    /// A path of the API as the client of the current request sees it.
    static func prefixed(_ path: String) -> String { current.isEmpty ? path : current + path }

    /// Runs `make`, in which ``prefixed(_:)`` adds this base path.
    func apply<Result>(_ make: () throws -> Result) rethrows -> Result {
        text.isEmpty ? try make() : try Self.$current.withValue(text, operation: make)
    }

    /// Runs `respond` for the request without this base path.
    func apply(
        to request: Request, _ respond: (Request) async throws -> Response
    ) async throws -> Response {
        guard !text.isEmpty else { return try await respond(request) }
        let request = removed(from: request)
        return try await Self.$current.withValue(text) { try await respond(request) }
    }

    private func removed(from request: Request) -> Request {
        guard let target = request.head.path, target.hasPrefix(text) else { return request }
        let rest = target.dropFirst(text.count)
        guard rest.isEmpty || rest.hasPrefix("/") || rest.hasPrefix("?") else { return request }
        var head = request.head
        head.path = rest.hasPrefix("/") ? String(rest) : "/" + rest
        return Request(head: head, body: request.body)
    }
}
