import CashPilot
import Hummingbird
import Logging

/// The whole API: from a request to its answer.
///
/// There is no chain of middleware: ``respond(to:context:)`` is the life of a request, in reading order.
package struct API: HTTPResponder {
    package typealias Context = APIContext

    /// Everything that the API does. `openapi.yaml` describes each, and a test holds the two together.
    package static let endpoints: [Endpoint] = [
        Endpoint(.post, "/v1/auth/token", .anyone) { $0.accounts.logIn },
        Endpoint(.get, "/v1/me", .authenticated) { $0.accounts.me },
        Endpoint(.get, "/v1/businesses", .authenticated) { $0.accounts.businesses },
        Endpoint(.post, "/v1/businesses/{business_id}/sessions", .authenticated) { $0.sessions.open },
        Endpoint(.get, "/v1/businesses/{business_id}/sessions", .authenticated) { $0.sessions.list },
        Endpoint(.get, "/v1/businesses/{business_id}/sessions/current", .authenticated) { $0.sessions.current },
        Endpoint(.get, "/v1/businesses/{business_id}/sessions/{session_id}", .authenticated) { $0.sessions.one },
        Endpoint(.post, "/v1/businesses/{business_id}/sessions/{session_id}/close", .authenticated) {
            $0.sessions.close
        },
        Endpoint(.get, "/v1/sessions", .authenticated) { $0.sessions.listEverywhere },
        Endpoint(.get, "/v1/admin/preflight", .authenticated) { $0.preflight.report },
        Endpoint(.get, "/livez", .anyone) { $0.operations.livez },
        Endpoint(.get, "/readyz", .anyone) { $0.operations.readyz },
        Endpoint(.get, "/openapi.yaml", .anyone) { $0.operations.openAPI },
        Endpoint(.get, "/problems/{slug}", .anyone) { $0.operations.problemPage },
    ]
    static let routes = RoutingTable(endpoints)

    let sessions: SessionRoutes
    let accounts: AccountRoutes
    let preflight: PreflightRoutes
    let operations: OperationRoutes
    let tokens: Tokens
    let defaultLocale: Locale
    let logger: Logger
    let accessLog: AccessLog
    let metrics: Metrics
    let ids: IDMaker

    /// - Parameters:
    ///   - defaultLocale: for who states no language and has none of their own.
    ///   - openAPI: the contract, as it is served.
    ///   - logger: told of every answer that is not the client's doing.
    package init(
        sessions: SessionService, accounts: AccountService, tokens: Tokens, probes: Probes, defaultLocale: Locale,
        preflight: PreflightService,
        openAPI: String, logger: Logger, accessLog: AccessLog, metrics: Metrics, ids: IDMaker
    ) {
        self.sessions = SessionRoutes(service: sessions)
        self.accounts = AccountRoutes(service: accounts, tokens: tokens)
        self.preflight = PreflightRoutes(service: preflight)
        operations = OperationRoutes(probes: probes, openAPI: openAPI, defaultLocale: defaultLocale)
        self.tokens = tokens
        self.defaultLocale = defaultLocale
        self.logger = logger
        self.accessLog = accessLog
        self.metrics = metrics
        self.ids = ids
    }
}
