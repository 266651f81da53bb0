import CashPilotHTTP
import HummingbirdCore
import Postgres

/// Answers requests, each within a limit on what it may ask of the database. Only here is it known that behind HTTP there
/// is one.
struct TimeLimited<Responder: HTTPResponder>: HTTPResponder {
    let responder: Responder
    let limit: Duration

    func respond(to request: Request, context: APIContext) async throws -> Response {
        try await TimeBudget.with(limit) { try await responder.respond(to: request, context: context) }
    }
}
