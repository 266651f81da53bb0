import CashPilot
import HTTPServer
import HummingbirdCore
import JSON

struct PINRoutes {
    /// A PIN is weaker than a password, so its logins last 12 hours at most.
    private static let lifetimeMax: Duration = .seconds(43_200)

    let service: PINService
    let login: PINLogin
    let logins: LoginMaker
    let proxies: TrustedProxies
    let fairUse: FairUse
    let log: LoginLog

    /// `POST /v1/auth/pin`, with a terminal's bearer → 200 as `POST /v1/auth/token`; 401 `INVALID_CREDENTIALS`.
    ///
    /// 429 from the fifth wrong PIN of a user at the terminal on, and 403 `PIN_BLOCKED` after the tenth.
    func logIn(_ request: Request, context: APIContext) async throws -> Response {
        let terminal = try context.terminalBearer()
        let (fields, _) = try await request.readFields(context) { PINLoginBody(reading: &$0) }
        let attempt = PINAttempt(
            account: fields.account, terminal: terminal, address: proxies.client(of: request, at: context.peer))
        let bearer = logins.bearer()
        let lifetime = min(logins.lifetime, Self.lifetimeMax)
        let new = NewLogin(
            bearer: bearer.hash, name: request.headers[.userAgent].flatMap(AccountRoutes.name(ofUserAgent:)),
            lifetime: lifetime, requestID: context.requestID, clientRequestID: context.clientRequestID)
        let (user, _) = try await fairUse.anonymously(at: attempt.address) {
            try await login.logIn(attempt, pin: fields.pin, login: new) { result, user in
                log.note(result, user, named: fields.name, at: attempt.address, by: .pin, context)
            }
        }
        return .json(.ok, .unstored) { $0.login(bearer, lifetime: lifetime, user) }
    }

    /// `PUT /v1/me/pin` → 204; 403 unless the caller logged in with a password; 422 for a wrong current password.
    func set(_ request: Request, context: APIContext) async throws -> Response {
        let (fields, _) = try await request.readFields(context) { PINBody(reading: &$0) }
        try await service.set(fields.pin, of: try context.caller(), password: fields.password)
        return .done()
    }

    /// `DELETE /v1/me/pin` → 204, also without a PIN; 403 unless the caller logged in with a password.
    func delete(_ request: Request, context: APIContext) async throws -> Response {
        try QueryReader(request).check()
        try await service.delete(of: try context.caller())
        return .done()
    }
}

/// The body of a login by PIN. Any text is accepted as a PIN, and a malformed one is simply wrong.
struct PINLoginBody {
    let account: PINAttempt.Account
    let pin: String

    init(reading body: inout BodyReader) {
        let user: UserID? = body.id("user_id")
        let email = body.secret("email", length: 1...255, canonical: CanonicalText.email)
        if user != nil, email != nil {
            _ = body.fail("email", .unknownField, Self.noEmailBesideID) as String?
        } else if user == nil, email == nil, !body.hasErrors(in: ["user_id", "email"]) {
            _ = body.fail("user_id", .required, .id) as UserID?
        }
        account = user.map { .user($0) } ?? .email(email ?? "")
        pin = body.requiredSecret("pin", length: 1...128)
    }

    private static let noEmailBesideID = Expectation.other(
        Localized(es: "ausente si mandás user_id", en: "absent if user_id is sent"),
        sentence: Localized(es: "Mandá user_id o email, no los dos.", en: "Send user_id or email, not both."))

    /// The e-mail or the id, for the log.
    var name: String {
        switch account {
        case .user(let id): id.description
        case .email(let email): email
        }
    }
}

struct PINBody {
    let pin: String
    let password: String

    init(reading body: inout BodyReader) {
        pin = body.text("pin", .pin, isRequired: true) ?? ""
        password = body.requiredSecret("current_password", length: 1...128)
    }
}
