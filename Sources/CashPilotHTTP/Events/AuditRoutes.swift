import CashPilot
import HummingbirdCore
import JSON

struct AuditRoutes {
    let service: AuditService

    /// `GET /v1/audit-events` → 200, a page of all businesses' events; 403 to a cashier.
    func events(_ request: Request, context: APIContext) async throws -> Response {
        var query = try QueryReader(request)
        let filters = AuditQuery(reading: &query)
        let (limit, cursor): (Int, Cursor<AuditEvent>?) = try query.page()
        let page = try await service.events(filters, after: cursor, limit: limit, for: try context.caller())
        return .page(page, of: query) { $0.auditEvent($1) }
    }

    /// `GET …/sessions/{session_id}/audit-events` → 200, a page; 403 if the session is a colleague's.
    func trail(_ request: Request, context: APIContext) async throws -> Response {
        let (business, session) = (try context.business(), try context.session())
        var query = try QueryReader(request)
        let (limit, cursor): (Int, Cursor<AuditEvent>?) = try query.page()
        let page = try await service.trail(
            of: session, in: business, after: cursor, limit: limit, for: try context.caller())
        return .page(page, of: query) { $0.auditEvent($1) }
    }

    /// `GET …/conflicts` → 200, a page of counted conflicts; 403 if a cashier requests a colleague's.
    func conflicts(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        var query = try QueryReader(request)
        let cashier: UserID? = query.id("cashier_id")
        let (limit, cursor): (Int, Cursor<OpenConflict>?) = try query.page()
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

extension JSONWriter {
    /// Writes an audit event, with the stored values before and after the change.
    mutating func auditEvent(_ event: AuditEvent) {
        object { json in
            json.member("id", event.id)
            json.member("business_id", event.business)
            json.member("occurred_at", event.occurredAt)
            json.member("action", event.action)
            json.member("actor_id", event.actor)
            json.member("actor_name", event.actorName)
            json.member("cashier_id", event.cashier)
            json.member("session_id", event.session)
            json.member("request_id", event.requestID)
            json.member("client_request_id", event.clientRequestID)
            json.member("terminal_id", event.terminal)
            json.member("reason", event.reason)
            json.name("before")
            json.value(json: event.before ?? "null")
            json.name("after")
            json.value(json: event.after ?? "null")
        }
    }

    /// Writes a conflict record, which counts identical conflicts.
    mutating func conflict(_ conflict: OpenConflict) {
        object { json in
            json.member("id", conflict.id)
            json.member("business_id", conflict.business)
            json.member("cashier_id", conflict.cashier)
            json.member("cashier_name", conflict.cashierName)
            json.member("caller_id", conflict.caller)
            json.member("caller_name", conflict.callerName)
            json.member("session_id", conflict.session)
            json.name("session_number")
            if let number = conflict.sessionNumber { json.value(number) } else { json.null() }
            json.member("minute", conflict.minute)
            json.member("first_at", conflict.firstAt)
            json.member("last_at", conflict.lastAt)
            json.member("times", conflict.times)
            json.member("resumed", conflict.resumed)
            json.member("offered_initial_cash", conflict.offered)
            json.currency(conflict.currency)
        }
    }
}
