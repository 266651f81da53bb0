import CashPilot
import HummingbirdCore

/// The endpoints of accounts, for administrators, and of the caller's own password.
struct UserRoutes {
    let service: UserService
    let proxies: TrustedProxies

    /// `GET /v1/users` → 200, a page of all accounts.
    func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = try QueryReader(request)
        let (limit, cursor): (Int, Cursor<User>?) = (query.limit(), query.cursor())
        try FieldError.check(query.finish())
        let page = try await service.members(for: .user(try context.caller()), after: cursor, limit: limit)
        return .page(page, of: query) { $0.member($1) }
    }

    /// `POST /v1/users` → 201; 409 `EMAIL_TAKEN`.
    func create(_ request: Request, context: APIContext) async throws -> Response {
        let bytes = try await request.jsonBytes(context)
        var (headers, body) = (HeaderReader(request.headers), try BodyReader(bytes))
        let key = headers.idempotencyKey(for: "", body: bytes)
        let fields = UserBody(reading: &body, isNew: true)
        try FieldError.check(try QueryReader(request).finish() + headers.faults + body.finish())
        let created = try await service.create(fields.draft, by: .user(try context.caller()), key: key)
        return .created(created, at: "/v1/users/\(created.value.user.id)") { $0.member(created.value) }
    }

    /// `GET /v1/users/{user_id}` → 200.
    func one(_ request: Request, context: APIContext) async throws -> Response {
        let user = try context.user()
        try FieldError.check(try QueryReader(request).finish())
        let member = try await service.member(user, for: try context.caller())
        return .json(.ok, .revalidated) { $0.member(member) }
    }

    /// `PATCH /v1/users/{user_id}` → 200; absent fields do not change; 409 `EMAIL_TAKEN` and `LAST_ADMIN`.
    func update(_ request: Request, context: APIContext) async throws -> Response {
        let user = try context.user()
        var body = try BodyReader(try await request.jsonBytes(context))
        let fields = UserBody(reading: &body, isNew: false)
        try FieldError.check(try QueryReader(request).finish() + body.finish())
        let member = try await service.update(user, fields.change, by: .user(try context.caller()))
        return .json(.ok, .unstored) { $0.member(member) }
    }

    /// `POST /v1/me/password` → 204; 422 for a wrong current password; 429 after too many wrong ones.
    func changePassword(_ request: Request, context: APIContext) async throws -> Response {
        let bytes = try await request.jsonBytes(context)
        var (headers, body) = (HeaderReader(request.headers), try BodyReader(bytes))
        let key = headers.idempotencyKey(for: "", body: bytes)
        let fields = PasswordBody(reading: &body)
        try FieldError.check(try QueryReader(request).finish() + headers.faults + body.finish())
        let isReplay = try await service.changePassword(
            of: try context.caller(), at: proxies.client(of: request, at: context.peer), from: fields.current,
            to: fields.new, key: key)
        return .done(isReplay: isReplay)
    }
}
