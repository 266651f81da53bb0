import HTTPTypes
import HummingbirdCore

extension API {
    /// All endpoints of the API. A test compares this list with `openapi.yaml`.
    package static let endpoints: [Endpoint] = [
        Endpoint(.post, "/v1/auth/token", .anyone) { $0.accounts.logIn },
        Endpoint(.post, "/v1/auth/logout", .authenticated) { $0.credentialRoutes.logOut },
        Endpoint(.post, "/v1/auth/pin", .terminal) { $0.pins.logIn },
        Endpoint(.put, "/v1/me/pin", .authenticated) { $0.pins.set },
        Endpoint(.delete, "/v1/me/pin", .authenticated) { $0.pins.delete },
        Endpoint(.get, "/v1/me", .authenticated) { $0.accounts.me },
        Endpoint(.get, "/v1/me/credentials", .authenticated) { $0.credentialRoutes.listOwn },
        Endpoint(.delete, "/v1/me/credentials/{credential_id}", .authenticated) { $0.credentialRoutes.revokeOwn },
        Endpoint(.get, "/v1/businesses", .authenticated) { $0.businesses.list },
        Endpoint(.post, sessions, .authenticated) { $0.sessions.open },
        Endpoint(.get, sessions, .authenticated) { $0.sessions.list },
        Endpoint(.get, sessions + "/current", .authenticated) { $0.sessions.current },
        Endpoint(.get, session, .authenticated) { $0.sessions.one },
        Endpoint(.patch, session, .authenticated) { $0.changes.edit },
        Endpoint(.delete, session, .authenticated) { $0.changes.delete },
        Endpoint(.post, session + "/close", .authenticated) { $0.sessions.close },
        Endpoint(.post, session + "/end", .authenticated) { $0.changes.end },
        Endpoint(.post, session + "/force-close", .authenticated) { $0.changes.forceClose },
        Endpoint(.post, session + "/reopen", .authenticated) { $0.changes.reopen },
        Endpoint(.post, session + "/handover", .authenticated) { $0.changes.handOver },
        Endpoint(.post, session + "/delete", .authenticated) { $0.changes.delete },
        Endpoint(.post, session + "/restore", .authenticated) { $0.changes.restore },
        Endpoint(.put, session + "/flag", .authenticated) { $0.changes.flag },
        Endpoint(.delete, session + "/flag", .authenticated) { $0.changes.unflag },
        Endpoint(.post, movements, .authenticated) { $0.movements.record },
        Endpoint(.get, movements, .authenticated) { $0.movements.list },
        Endpoint(.get, movements + "/{movement_id}", .authenticated) { $0.movements.one },
        Endpoint(.post, movements + "/{movement_id}/reverse", .authenticated) { $0.movements.reverse },
        Endpoint(.get, session + "/reconciliation", .authenticated) { $0.movements.reconciliation },
        Endpoint(.get, "/v1/sessions", .authenticated) { $0.sessions.listEverywhere },
        Endpoint(.post, "/v1/me/password", .authenticated) { $0.users.changePassword },
        Endpoint(.post, "/v1/businesses", .authenticated) { $0.businesses.create },
        Endpoint(.get, business, .authenticated) { $0.businesses.one },
        Endpoint(.patch, business, .authenticated) { $0.businesses.update },
        Endpoint(.get, business + "/cashiers", .authenticated) { $0.cashiers.list },
        Endpoint(.put, business + "/cashiers/{user_id}", .authenticated) { $0.cashiers.assign },
        Endpoint(.delete, business + "/cashiers/{user_id}", .authenticated) { $0.cashiers.unassign },
        Endpoint(.get, "/v1/users", .authenticated) { $0.users.list },
        Endpoint(.post, "/v1/users", .authenticated) { $0.users.create },
        Endpoint(.get, "/v1/users/{user_id}", .authenticated) { $0.users.one },
        Endpoint(.patch, "/v1/users/{user_id}", .authenticated) { $0.users.update },
        Endpoint(.get, userCredentials, .authenticated) { $0.credentialRoutes.list },
        Endpoint(.delete, userCredentials, .authenticated) { $0.credentialRoutes.revokeAll },
        Endpoint(.delete, userCredentials + "/{credential_id}", .authenticated) { $0.credentialRoutes.revoke },
        Endpoint(.get, terminals, .authenticated) { $0.terminals.list },
        Endpoint(.post, terminals, .authenticated) { $0.terminals.create },
        Endpoint(.patch, terminals + "/{terminal_id}", .authenticated) { $0.terminals.rename },
        Endpoint(.delete, terminals + "/{terminal_id}", .authenticated) { $0.terminals.end },
        Endpoint(.get, "/v1/terminal", .terminal) { $0.terminals.own },
        Endpoint(.get, "/v1/terminal/cashiers", .terminal) { $0.terminals.cashiers },
        Endpoint(.get, session + "/audit-events", .authenticated) { $0.audit.trail },
        Endpoint(.get, "/v1/audit-events", .authenticated) { $0.audit.events },
        Endpoint(.get, business + "/conflicts", .authenticated) { $0.audit.conflicts },
        Endpoint(.get, "/v1/events", .authenticated) { $0.events.list },
        Endpoint(.get, "/v1/admin/preflight", .authenticated) { $0.preflight.report },
        Endpoint(.get, "/livez", .anyone) { $0.operations.livez },
        Endpoint(.get, "/readyz", .anyone) { $0.operations.readyz },
        Endpoint(.get, "/openapi.yaml", .anyone) { $0.contract.openAPI },
        Endpoint(.get, "/docs", .anyone) { $0.contract.docs },
        Endpoint(.get, "/problems/{slug}", .anyone) { $0.operations.problemPage },
        Endpoint(.get, "/till", .anyone) { _ in TillPage.show },
        Endpoint(.get, "/", .anyone) { $0.operations.root },
    ]
    static let routes = RoutingTable(endpoints)

    private static let business = "/v1/businesses/{business_id}"
    private static let sessions = business + "/sessions"
    private static let session = sessions + "/{session_id}"
    private static let movements = session + "/movements"
    private static let terminals = business + "/terminals"
    private static let userCredentials = "/v1/users/{user_id}/credentials"
}

/// One API operation: a method on a path, its access rule and its handler.
package struct Endpoint: Sendable {
    /// Returns a response or throws. ``API`` turns each thrown error into a problem document.
    package typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    /// The authentication that an endpoint needs. The domain checks permissions, from the database.
    package enum Access: Sendable {
        case anyone
        /// Requires a valid bearer: of a login or an API key.
        case authenticated
        /// Requires the bearer of a terminal, which the endpoint's own statement checks.
        case terminal
    }

    package let method: HTTPRequest.Method
    /// The path template as in `openapi.yaml`: `/v1/businesses/{business_id}/sessions`.
    package let path: String
    package let access: Access
    /// Whether the path's first placeholder is a business id.
    let isInBusiness: Bool
    /// Whether the endpoint can change data that other users see.
    let changes: Bool
    let handler: @Sendable (API) -> Handler

    init(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access,
        handler: @escaping @Sendable (API) -> Handler
    ) {
        self.method = method
        self.path = path
        self.access = access
        changes = method != .get && access == .authenticated
        isInBusiness = path.hasPrefix("/v1/businesses/{business_id}")
        self.handler = handler
    }
}
