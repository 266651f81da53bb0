import HTTPTypes
import HummingbirdCore

/// One API operation: a method on a path, its access rule and its handler.
package struct Endpoint: Sendable {
    /// Returns a response or throws. ``API`` turns each thrown error into a problem document.
    package typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    /// The authentication that an endpoint needs. The domain checks permissions, from the database.
    package enum Access: Sendable {
        case anyone
        /// Requires a valid bearer token or API key.
        case authenticated
    }

    package let method: HTTPRequest.Method
    /// The path template as in `openapi.yaml`: `/v1/businesses/{business_id}/sessions`.
    package let path: String
    package let access: Access
    /// Whether the path's first placeholder is a business id.
    let isInBusiness: Bool
    /// Whether the endpoint can change data that other users see.
    let changes: Bool
    let handler: @Sendable (API) -> Handler

    init(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access,
        handler: @escaping @Sendable (API) -> Handler
    ) {
        self.method = method
        self.path = path
        self.access = access
        changes = method != .get && access == .authenticated
        isInBusiness = path.hasPrefix("/v1/businesses/{business_id}")
        self.handler = handler
    }
}
