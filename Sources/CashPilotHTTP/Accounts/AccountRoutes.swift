import CashPilot
import HummingbirdCore

/// The endpoints for login and for the caller's own account.
struct AccountRoutes {
    let service: AccountService
    let tokens: Tokens
    let proxies: TrustedProxies

    /// `POST /v1/auth/token` → 200 with a bearer token; 401 `INVALID_CREDENTIALS`.
    ///
    /// 429 after too many failed logins, or when too many logins run at once.
    func logIn(_ request: Request, context: APIContext) async throws -> Response {
        var body = try BodyReader(try await request.jsonBytes(context))
        let login = LoginBody(reading: &body)
        try FieldError.check(try QueryReader(request).finish() + body.finish())
        let attempt = LoginAttempt(email: login.email, address: proxies.client(of: request, at: context.peer))
        let user = try await service.logIn(attempt, password: login.password)
        let (token, expiresIn) = tokens.issue(for: user)
        return .json(.ok, .unstored) { $0.login(token, expiresIn: expiresIn, user) }
    }

    /// `GET /v1/me` → 200: the caller's account, businesses and open sessions.
    func me(_ request: Request, context: APIContext) async throws -> Response {
        try FieldError.check(try QueryReader(request).finish())
        let (user, businesses, open) = try await service.me(try context.caller())
        return try .json(.ok, .revalidated) { json in
            try json.object { json in
                json.members(of: user)
                json.name("businesses")
                json.array(businesses) { $0.summary(of: $1) }
                json.name("open_sessions")
                try json.array(open) { try $0.session($1) }
            }
        }
    }
}
