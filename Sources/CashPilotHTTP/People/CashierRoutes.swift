import CashPilot
import HummingbirdCore

/// The endpoints of a business's cashiers.
struct CashierRoutes {
    let service: BusinessService

    /// `GET …/cashiers` → 200, a page, newest assignment first. Requires access to the business.
    func list(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        var query = try QueryReader(request)
        let (limit, cursor): (Int, Cursor<User>?) = (query.limit(), query.cursor())
        try FieldError.check(query.finish())
        let page = try await service.cashiers(
            of: business, after: cursor, limit: limit, for: try context.caller())
        return .page(page, of: query) { $0.assignment($1) }
    }

    /// `PUT …/cashiers/{user_id}` → 204; idempotent.
    func assign(_ request: Request, context: APIContext) async throws -> Response {
        let (business, cashier) = (try context.business(), try context.user())
        let bytes = try await request.jsonBytes(context)
        let faults = bytes.isEmpty ? [] : try BodyReader(bytes).finish()
        try FieldError.check(try QueryReader(request).finish() + faults)
        try await service.assign(cashier, to: business, by: .user(try context.caller()))
        return .done()
    }

    /// `DELETE …/cashiers/{user_id}` → 204; 409 `HAS_OPEN_SESSION` contains the session.
    func unassign(_ request: Request, context: APIContext) async throws -> Response {
        let (business, cashier) = (try context.business(), try context.user())
        try FieldError.check(try QueryReader(request).finish())
        try await service.unassign(cashier, from: business, by: .user(try context.caller()))
        return .done()
    }
}
