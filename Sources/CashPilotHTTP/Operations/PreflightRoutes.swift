import CashPilot
import HummingbirdCore

/// Reports the data that prevents the one-open index, for administrators.
struct PreflightRoutes {
    let service: PreflightService

    /// `GET /v1/admin/preflight` → 200: duplicate open sessions, and which to keep. It changes nothing.
    func report(_ request: Request, context: APIContext) async throws -> Response {
        try FieldError.check(try QueryReader(request).finish())
        let report = try await service.report(for: try context.caller())
        return .json(.ok, .revalidated) { $0.preflight(report) }
    }
}
