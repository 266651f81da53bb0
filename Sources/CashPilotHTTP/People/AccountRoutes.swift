import CashPilot
import HTTPServer
import HummingbirdCore
import JSON

struct AccountRoutes {
    let service: AccountService
    let logins: LoginMaker
    let proxies: TrustedProxies
    let fairUse: FairUse
    let log: LoginLog

    /// `POST /v1/auth/token` → 200 with a bearer; 401 `INVALID_CREDENTIALS`.
    ///
    /// 429 after too many failed logins, or when too many logins run at once.
    func logIn(_ request: Request, context: APIContext) async throws -> Response {
        let (login, _) = try await request.readFields(context) { LoginBody(reading: &$0) }
        let attempt = LoginAttempt(email: login.email, address: proxies.client(of: request, at: context.peer))
        let bearer = logins.bearer()
        let new = NewLogin(
            bearer: bearer.hash, name: request.headers[.userAgent].flatMap(Self.name(ofUserAgent:)),
            lifetime: logins.lifetime,
            requestID: context.requestID, clientRequestID: context.clientRequestID)
        // The place is taken after the body has arrived. So a client that sends no body holds none.
        let (user, _) = try await fairUse.anonymously(at: attempt.address) {
            try await service.logIn(attempt, password: login.password, login: new) { result, user in
                log.note(result, user, named: attempt.email, at: attempt.address, context)
            }
        }
        return .json(.ok, .unstored) { $0.login(bearer, lifetime: logins.lifetime, user) }
    }

    /// The name of a login: what the client calls itself, if that is a valid name.
    static func name(ofUserAgent text: String) -> String? {
        let name = String(TextRule.name.canonical(text).unicodeScalars.prefix(TextRule.name.length.upperBound))
        return TextRule.name.fault(in: name) == nil ? name : nil
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

/// Makes the bearers of logins.
package struct LoginMaker: Sendable {
    /// How long a login is valid.
    let lifetime: Duration
    let random: @Sendable () -> UInt64

    /// - Parameter random: returns 64 unpredictable bits on each call.
    package init(lifetime: Duration, random: @escaping @Sendable () -> UInt64) {
        self.lifetime = lifetime
        self.random = random
    }

    func bearer() -> Bearer { Bearer(.login, random: random) }
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

    /// Writes a login's response: a bearer, its lifetime in seconds, and its user.
    mutating func login(_ bearer: Bearer, lifetime: Duration, _ user: User) {
        object { json in
            json.member("access_token", bearer.text)
            json.member("token_type", "Bearer")
            json.member("expires_in", lifetime.components.seconds)
            json.name("user")
            json.object { $0.members(of: user) }
        }
    }
}
