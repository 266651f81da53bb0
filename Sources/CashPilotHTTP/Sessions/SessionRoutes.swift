import CashPilot
import HummingbirdCore

/// The session endpoints: they convert HTTP to domain calls and contain no business rules.
///
/// A handler parses the request, calls one method of the domain, and writes the response. It never catches errors.
/// ``API`` turns them into problem documents.
struct SessionRoutes {
    /// `?on_conflict=`: how to handle an existing session. Without it, the open is a conflict.
    private enum OnConflict: String {
        case resume
    }

    let service: SessionService

    /// `POST …/sessions` → 201; 409 `SESSION_ALREADY_OPEN` contains the existing session.
    ///
    /// With `?on_conflict=resume`, the response is 200 with the existing session.
    func open(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        let bytes = try await request.jsonBytes(context)
        var (query, headers, body) = (
            try QueryReader(request), HeaderReader(request.headers), try BodyReader(bytes)
        )
        let onConflict: OnConflict? = query.choice("on_conflict")
        let key = headers.idempotencyKey(for: "\(business) \(onConflict?.rawValue ?? "")", body: bytes)
        let fields = OpenBody(reading: &body)
        try FieldError.check(query.finish() + headers.faults + body.finish())
        let opening = fields.openRequest(by: try context.caller(), in: business, key: key)
        let result = try await service.open(opening, resuming: onConflict == .resume)
        switch result.value {
        case .opened(let session): return try .changed(session, status: .created, isReplay: result.isReplay)
        case .resumed(let session): return try .changed(session, status: .ok, isReplay: result.isReplay)
        case .conflict(let conflict): throw DomainError.alreadyOpen(conflict)
        }
    }

    /// `POST …/sessions/{session_id}/close` → 200; 409 `SESSION_ALREADY_CLOSED` contains the figures of the first
    /// close.
    func close(_ request: Request, context: APIContext) async throws -> Response {
        let (business, session) = (try context.business(), try context.session())
        let bytes = try await request.jsonBytes(context)
        var (headers, body) = (HeaderReader(request.headers), try BodyReader(bytes))
        let key = headers.idempotencyKey(for: "\(business) \(session)", body: bytes)
        let fields = CloseBody(reading: &body)
        try FieldError.check(try QueryReader(request).finish() + headers.faults + body.finish())
        let closing = CloseRequest(
            caller: try context.caller(), business: business, session: session,
            expectedVersions: headers.expectedVersions(), count: fields.count, notes: fields.notes, key: key)
        return try .changed(try await service.close(closing), status: .ok)
    }

    /// `GET …/sessions/current` → 200; 404 `NO_OPEN_SESSION`.
    ///
    /// Never 304, because tomorrow's session can have the same version as today's.
    func current(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        var query = try QueryReader(request)
        let cashier: UserID? = query.id("cashier_id")
        try FieldError.check(query.finish())
        let caller = try context.caller()
        return try .shown(try await service.current(of: cashier ?? caller.id, in: business, for: caller))
    }

    /// `GET …/sessions/{session_id}` → 200; 304 if the caller has this version.
    ///
    /// A session that became stale, or whose edit window expired, always gets 200: time changes neither its version
    /// nor its tag.
    func one(_ request: Request, context: APIContext) async throws -> Response {
        let (business, session) = (try context.business(), try context.session())
        try FieldError.check(try QueryReader(request).finish())
        let seen = try await service.session(session, in: business, for: try context.caller())
        let isAsItWas = !seen.session.isStale && (seen.session.status != .closed || seen.session.isInEditWindow)
        if isAsItWas && HeaderReader(request.headers).hasVersion(seen.session.version) {
            return Response(
                status: .notModified,
                headers: [.eTag: EntityTag.text(seen.session.version), .cacheControl: "private, no-cache"])
        }
        return try .shown(seen)
    }

    /// `GET …/sessions` → 200, a page.
    func list(_ request: Request, context: APIContext) async throws -> Response {
        try await list(request, in: try context.business(), context)
    }

    /// `GET /v1/sessions` → 200, a page of all sessions that the caller may see.
    func listEverywhere(_ request: Request, context: APIContext) async throws -> Response {
        try await list(request, in: nil, context)
    }

    private func list(_ request: Request, in business: BusinessID?, _ context: APIContext) async throws -> Response {
        var query = try QueryReader(request)
        let filters = SessionQuery(reading: &query)
        let (limit, cursor): (Int, Cursor<Session>?) = (query.limit(), query.cursor())
        try FieldError.check(query.finish())
        let page = try await service.list(
            filters, in: business, after: cursor, limit: limit, for: try context.caller())
        return try .page(page, of: query) { json, seen in try json.session(seen) }
    }
}
