import CashPilotHTTP
import HummingbirdCore
import Postgres

/// Applies a request deadline to all database statements of a request. No other HTTP type depends on the database
/// module.
struct TimeLimited<Responder: HTTPResponder>: HTTPResponder {
    let responder: Responder
    let limit: Duration

    func respond(to request: Request, context: APIContext) async throws -> Response {
        try await RequestDeadline.with(limit) { try await responder.respond(to: request, context: context) }
    }
}
