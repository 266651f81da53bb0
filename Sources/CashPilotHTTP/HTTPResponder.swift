import HummingbirdCore

/// Responds to the requests of one port.
package protocol HTTPResponder: Sendable {
    func respond(to request: Request, context: APIContext) async throws -> Response
}
