import CashPilot
import HTTPServer
import HummingbirdCore
import JSON

/// The terminals of a business, for administrators, and the endpoints of a terminal itself.
struct TerminalRoutes {
    let service: TerminalService
    let random: @Sendable () -> UInt64
    let uses: CredentialUses
    let proxies: TrustedProxies
    let fairUse: FairUse

    // MARK: For administrators

    /// `GET …/terminals` → 200, a page of the valid terminals and of those that ended in the last 30 days.
    func list(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        var query = try QueryReader(request)
        let (limit, cursor): (Int, Cursor<Credential>?) = try query.page()
        let page = try await service.terminals(of: business, after: cursor, limit: limit, for: try context.caller())
        return .page(page, of: query) { $0.terminal($1) }
    }

    /// `POST …/terminals` → 201 with the secret, which no other response has; 409 `NAME_TAKEN`.
    ///
    /// No secret is stored. So the secret of a request with an Idempotency-Key is derived from the key and the caller's
    /// bearer. A retry with that login gets an equal response. With another login, it is another request.
    func create(_ request: Request, context: APIContext) async throws -> Response {
        let business = try context.business()
        let (caller, login) = (try context.caller(), try request.bearer())
        let target = "\(business)/\(context.principal.map { "\($0.credential)" } ?? "")"
        let (name, key) = try await request.readFields(context, keyedBy: target) {
            $0.text("name", .name, isRequired: true) ?? ""
        }
        let bearer =
            key.map { Bearer(.terminal, derivedFrom: login, for: ["\(business)", $0.text]) }
            ?? Bearer(.terminal, random: random)
        let created = try await service.create(
            named: name, bearer: bearer.hash, in: business, by: caller, key: key)
        let path = "/v1/businesses/\(business)/terminals/\(created.value.id)"
        return .created(created, at: path) { json in
            json.object { json in
                json.member("id", created.value.id)
                json.member("name", created.value.name)
                json.member("secret", bearer.text)
                json.member("created_at", created.value.createdAt)
            }
        }
    }

    /// `PATCH …/terminals/{terminal_id}` → 200; 404 for one that has ended; 409 `NAME_TAKEN`.
    func rename(_ request: Request, context: APIContext) async throws -> Response {
        let (business, terminal) = (try context.business(), try context.credential())
        let (name, _) = try await request.readFields(context) { $0.text("name", .name, isRequired: false) }
        let renamed = try await service.rename(terminal, to: name, in: business, by: try context.caller())
        return .json(.ok, .unstored) { $0.terminal(renamed) }
    }

    /// `DELETE …/terminals/{terminal_id}` → 204. Ends the terminal and its logins by PIN. Idempotent.
    func end(_ request: Request, context: APIContext) async throws -> Response {
        let (business, terminal) = (try context.business(), try context.credential())
        try QueryReader(request).check()
        try await service.end(terminal, in: business, by: try context.caller())
        return .done()
    }

    // MARK: For a terminal

    /// `GET /v1/terminal` → 200: the terminal of the bearer and its business.
    func own(_ request: Request, context: APIContext) async throws -> Response {
        let bearer = try context.terminalBearer()
        try QueryReader(request).check()
        let (terminal, business) = try await limited(request, context) { try await service.terminal(bearer) }
        uses.note(terminal.id)
        return .json(.ok, .revalidated) { json in
            json.object { json in
                json.member("id", terminal.id)
                json.member("name", terminal.name)
                json.name("business")
                json.summary(of: business)
            }
        }
    }

    /// `GET /v1/terminal/cashiers` → 200: the active cashiers of the terminal's business, in the order of their names.
    func cashiers(_ request: Request, context: APIContext) async throws -> Response {
        let bearer = try context.terminalBearer()
        try QueryReader(request).check()
        let cashiers = try await limited(request, context) { try await service.cashiers(at: bearer) }
        return .json(.ok, .revalidated) { json in
            json.object { json in
                json.name("items")
                json.array(cashiers) { json, cashier in
                    json.object { json in
                        json.member("id", cashier.id)
                        json.member("name", cashier.name)
                        json.member("has_pin", cashier.hasPIN)
                    }
                }
            }
        }
    }

    /// Counts a statement toward the limit of the client's address, because the bearer may be unknown.
    private func limited<Result: Sendable>(
        _ request: Request, _ context: APIContext, _ work: () async throws -> Result
    ) async throws -> Result {
        try await fairUse.anonymously(at: proxies.client(of: request, at: context.peer), work)
    }
}

extension JSONWriter {
    /// Writes a terminal without its secret, with the members of every credential.
    fileprivate mutating func terminal(_ terminal: Terminal) {
        object { json in
            json.member("id", terminal.id)
            json.member("kind", Credential.Kind.terminal.rawValue)
            json.member("name", terminal.name)
            json.member("created_at", terminal.createdAt)
            json.null("expires_at")
            json.member("last_used_at", terminal.lastUsedAt)
            json.member("revoked_at", terminal.revokedAt)
            json.member("current", false)
        }
    }
}
