import CashPilot
import HummingbirdCore

/// The endpoints of the audit trail and of recorded conflicts.
struct AuditRoutes {
    let service: AuditService

    /// `GET /v1/audit-events` → 200, a page of all businesses' events; 403 to a cashier.
    func events(_ request: Request, context: APIContext) async throws -> Response {
        var query = try QueryReader(request)
        let filters = AuditQuery(reading: &query)
        let (limit, cursor): (Int, Cursor<AuditEvent>?) = (query.limit(), query.cursor())
        try FieldError.check(query.finish())
        let page = try await service.events(filters, after: cursor, limit: limit, for: try context.caller())
        return .page(page, of: query) { $0.auditEvent($1) }
    }

    /// `GET …/sessions/{session_id}/audit-events` → 200, a page; 403 if the session is a colleague's.
    func trail(_ request: Request, context: APIContext) async throws -> Response {
        let (business, session) = (try context.business(), try context.session())
        var query = try QueryReader(request)
        let (limit, cursor): (Int, Cursor<AuditEvent>?) = (query.limit(), query.cursor())
        try FieldError.check(query.finish())
        let page = try await service.trail(
            of: session, in: business, after: cursor, limit: limit, for: try context.caller())
        return .page(page, of: query) { $0.auditEvent($1) }
    }

    /// `GET …/conflicts` → 200, a page of counted conflicts; 403 if a cashier requests a colleague's.
    func conflicts(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        var query = try QueryReader(request)
        let cashier: UserID? = query.id("cashier_id")
        let (limit, cursor): (Int, Cursor<OpenConflict>?) = (query.limit(), query.cursor())
        try FieldError.check(query.finish())
        let page = try await service.conflicts(
            of: cashier, in: business, after: cursor, limit: limit, for: try context.caller())
        return .page(page, of: query) { $0.conflict($1) }
    }
}

extension AuditQuery {
    fileprivate init(reading query: inout QueryReader) {
        self.init()
        business = query.id("business_id")
        session = query.id("session_id")
        actor = query.id("actor_id")
        action = query.action("action")
        occurredFrom = query.instant("occurred_from")
        occurredBefore = query.instant("occurred_before")
    }
}
