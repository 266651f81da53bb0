import HTTPTypes
import HummingbirdCore

/// One thing that the API does: a method on a path, who may ask for it, and who answers.
package struct Endpoint: Sendable {
    /// Answers a request, or throws: ``API`` makes a problem document of whatever is thrown.
    package typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    /// Who may ask. What they may then do is decided by the domain, from the database.
    package enum Access: Sendable {
        case anyone
        /// Whoever has a valid bearer token, or an API key.
        case authenticated
    }

    package let method: HTTPRequest.Method
    /// As `openapi.yaml` writes it: `/v1/businesses/{business_id}/sessions`.
    package let path: String
    package let access: Access
    /// Whether the first `{…}` of its path is a business.
    let isInBusiness: Bool
    /// Whether it may change what others see.
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
