import CashPilot
import HTTPServer
import HummingbirdCore
import JSON

struct AccountRoutes {
    let service: AccountService
    let tokens: Tokens
    let proxies: TrustedProxies

    /// `POST /v1/auth/token` → 200 with a bearer token; 401 `INVALID_CREDENTIALS`.
    ///
    /// 429 after too many failed logins, or when too many logins run at once.
    func logIn(_ request: Request, context: APIContext) async throws -> Response {
        let (login, _) = try await request.readFields(context) { LoginBody(reading: &$0) }
        let attempt = LoginAttempt(email: login.email, address: proxies.client(of: request, at: context.peer))
        let user = try await service.logIn(attempt, password: login.password)
        let (token, expiresIn) = tokens.issue(for: user)
        return .json(.ok, .unstored) { $0.login(token, expiresIn: expiresIn, user) }
    }

    /// `GET /v1/me` → 200: the caller's account, businesses, open and uncounted sessions.
    func me(_ request: Request, context: APIContext) async throws -> Response {
        try QueryReader(request).check()
        let account = try await service.me(try context.caller())
        return try .json(.ok, .revalidated) { json in
            try json.object { json in
                json.members(of: account.user)
                json.name("businesses")
                json.array(account.businesses) { $0.summary(of: $1) }
                json.name("open_sessions")
                try json.array(account.open) { try $0.session($1) }
                json.name("uncounted_sessions")
                try json.array(account.uncounted) { try $0.session($1) }
            }
        }
    }
}

/// The body of a login. Its length limits only bound the work; a too short password is simply wrong.
struct LoginBody {
    let email: String
    let password: String

    init(reading body: inout BodyReader) {
        email = body.requiredSecret("email", length: 1...255, canonical: CanonicalText.email)
        password = body.requiredSecret("password", length: 1...128)
    }
}

extension JSONWriter {
    /// Writes a user's members without the braces, so that the caller can add more.
    mutating func members(of user: User) {
        member("id", user.id)
        member("email", user.email)
        member("name", user.name)
        member("role", user.role.rawValue)
        member("locale", user.locale.rawValue)
    }

    /// Writes a login's response: a bearer token, its lifetime in seconds, and its user.
    mutating func login(_ token: String, expiresIn: Int64, _ user: User) {
        object { json in
            json.member("access_token", token)
            json.member("token_type", "Bearer")
            json.member("expires_in", expiresIn)
            json.name("user")
            json.object { $0.members(of: user) }
        }
    }
}
