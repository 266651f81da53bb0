import CashPilot
import HTTPServer
import HummingbirdCore
import JSON

struct UserRoutes {
    let service: UserService

    /// `GET /v1/users` → 200, a page of all accounts.
    func list(_ request: Request, context: APIContext) async throws -> Response {
        var query = try QueryReader(request)
        let (limit, cursor): (Int, Cursor<User>?) = try query.page()
        let page = try await service.members(for: .user(try context.caller()), after: cursor, limit: limit)
        return .page(page, of: query) { $0.member($1) }
    }

    /// `POST /v1/users` → 201; 409 `EMAIL_TAKEN`.
    func create(_ request: Request, context: APIContext) async throws -> Response {
        let (fields, key) = try await request.readFields(context, keyedBy: "") { UserChange(reading: &$0, isNew: true) }
        let created = try await service.create(UserDraft(fields), by: .user(try context.caller()), key: key)
        return .created(created, at: "/v1/users/\(created.value.user.id)") { $0.member(created.value) }
    }

    /// `GET /v1/users/{user_id}` → 200.
    func one(_ request: Request, context: APIContext) async throws -> Response {
        let user = try context.user()
        try QueryReader(request).check()
        let member = try await service.member(user, for: try context.caller())
        return .json(.ok, .revalidated) { $0.member(member) }
    }

    /// `PATCH /v1/users/{user_id}` → 200; absent fields do not change; 409 `EMAIL_TAKEN`, `LAST_ADMIN` and
    /// `HAS_OPEN_SESSION`, which `?force=true` ignores.
    func update(_ request: Request, context: APIContext) async throws -> Response {
        let user = try context.user()
        var query = try QueryReader(request)
        let isForced = query.flag("force") ?? false
        let (change, _) = try await request.readFields(context, query: query) {
            UserChange(reading: &$0, isNew: false)
        }
        let member = try await service.update(user, change, isForced: isForced, by: .user(try context.caller()))
        return .json(.ok, .unstored) { $0.member(member) }
    }

    /// `POST /v1/me/password` → 204; 422 for a wrong current password; 429 after too many wrong ones.
    func changePassword(_ request: Request, context: APIContext) async throws -> Response {
        let (fields, key) = try await request.readFields(context, keyedBy: "") { PasswordBody(reading: &$0) }
        let isReplay = try await service.changePassword(
            of: try context.caller(), from: fields.current, to: fields.new, key: key)
        return .done(isReplay: isReplay)
    }
}

extension UserChange {
    /// - Parameter isNew: whether email address, name and password are required.
    init(reading body: inout BodyReader, isNew: Bool) {
        self.init()
        email = body.text("email", .email, isRequired: isNew)
        name = body.text("name", .name, isRequired: isNew)
        // Only the creation of an account has a fingerprint.
        let new = UserDraft(UserChange())
        role = body.field("role", default: new.role) { $0.choice($1) }
        locale = body.field("locale", default: new.locale) { $0.choice($1) }
        isActive = body.field("is_active", default: new.isActive) { $0.flag($1) }
        password = body.text("password", .password, isRequired: isNew)
    }
}

extension UserDraft {
    /// A new account. Email address, name and password must be set. Defaults: role cashier, language Spanish.
    init(_ fields: UserChange) {
        self.init(
            email: fields.email ?? "", name: fields.name ?? "", role: fields.role ?? .cashier,
            locale: fields.locale ?? .spanish, password: fields.password ?? "")
        isActive = fields.isActive ?? isActive
    }
}

struct PasswordBody {
    let current: String
    let new: String

    init(reading body: inout BodyReader) {
        current = body.requiredSecret("current_password", length: 1...128)
        new = body.text("new_password", .password, isRequired: true) ?? ""
    }
}

extension JSONWriter {
    mutating func member(_ member: StaffMember) {
        object { json in
            json.members(of: member.user)
            json.member("is_active", member.isActive)
            json.member("created_at", member.createdAt)
        }
    }
}
