import CashPilot
import HTTPTypes
import HummingbirdCore

/// The endpoints of businesses and their settings.
struct BusinessRoutes {
    let service: BusinessService

    /// `GET /v1/businesses` → 200, a page of the businesses that the caller may see.
    func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = try QueryReader(request)
        let (limit, cursor): (Int, Cursor<Business>?) = (query.limit(), query.cursor())
        try FieldError.check(query.finish())
        let page = try await service.businesses(for: .user(try context.caller()), after: cursor, limit: limit)
        return .page(page, of: query) { $0.business($1) }
    }

    /// `POST /v1/businesses` → 201; 409 `NAME_TAKEN`; for administrators.
    func create(_ request: Request, context: APIContext) async throws -> Response {
        let bytes = try await request.jsonBytes(context)
        var (headers, body) = (HeaderReader(request.headers), try BodyReader(bytes))
        let key = headers.idempotencyKey(for: "", body: bytes)
        var fields = BusinessBody(reading: &body, isNew: true)
        try await fields.resolveTimeZone(of: &body, service.timeZone)
        try FieldError.check(try QueryReader(request).finish() + headers.faults + body.finish())
        let created = try await service.create(fields.draft, by: .user(try context.caller()), key: key)
        return .created(created, at: "/v1/businesses/\(created.value.id)") { $0.business(created.value) }
    }

    /// `GET /v1/businesses/{business_id}` → 200.
    func one(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        try FieldError.check(try QueryReader(request).finish())
        let found = try await service.business(business, for: try context.caller())
        return .json(.ok, .revalidated) { $0.business(found) }
    }

    /// `PATCH /v1/businesses/{business_id}` → 200; absent fields do not change.
    func update(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        var body = try BodyReader(try await request.jsonBytes(context))
        var fields = BusinessBody(reading: &body, isNew: false)
        try await fields.resolveTimeZone(of: &body, service.timeZone)
        try FieldError.check(try QueryReader(request).finish() + body.finish())
        let updated = try await service.update(business, fields.change, by: .user(try context.caller()))
        return .json(.ok, .unstored) { $0.business(updated) }
    }
}

extension Response {
    /// 201 with a `Location`, or the replayed result.
    static func created<Value>(
        _ created: ChangeResult<Value>, at path: String, _ write: (inout JSONWriter) -> Void
    ) -> Response {
        var headers = HTTPFields.unstored
        headers[.location] = path
        if created.isReplay { headers[.idempotentReplayed] = "true" }
        return .json(.created, headers, write)
    }

    /// 204 without content.
    static func done(isReplay: Bool = false) -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store", .xContentTypeOptions: "nosniff"]
        if isReplay { headers[.idempotentReplayed] = "true" }
        return Response(status: .noContent, headers: headers)
    }
}
