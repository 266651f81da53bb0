import CashPilot
import HummingbirdCore
import Logging

/// The whole API: from a request to its answer.
///
/// There is no chain of middleware: ``respond(to:context:)`` is the life of a request, in reading order.
package struct API: HTTPResponder {
    let sessions: SessionRoutes
    let changes: ChangeRoutes
    let accounts: AccountRoutes
    let businesses: BusinessRoutes
    let cashiers: CashierRoutes
    let users: UserRoutes
    let keys: APIKeyService
    let audit: AuditRoutes
    let events: EventRoutes
    let preflight: PreflightRoutes
    let operations: OperationRoutes
    let contract: ContractRoutes
    let tokens: Tokens
    let defaultLocale: Locale
    let logger: Logger
    let accessLog: AccessLog
    let metrics: Metrics
    /// `nil` if spans are not exported.
    let tracer: Tracer?
    let ids: IDMaker
    /// Called after every change that was made.
    let onChange: @Sendable () -> Void

    /// - Parameters:
    ///   - defaultLocale: for who states no language and has none of their own.
    ///   - proxies: whose word about the client's address is taken.
    ///   - contract: what is served of it.
    ///   - logger: told of every answer that is not the client's doing.
    ///   - tracer: makes spans of requests; `nil` if they are not exported.
    ///   - onChange: called after every change that was made; must return at once.
    package init(
        _ services: DomainServices, tokens: Tokens, proxies: TrustedProxies, probes: Probes, defaultLocale: Locale,
        contract: Contract, logger: Logger, accessLog: AccessLog, metrics: Metrics, tracer: Tracer? = nil, ids: IDMaker,
        onChange: @escaping @Sendable () -> Void = {}
    ) {
        sessions = SessionRoutes(service: services.sessions)
        changes = ChangeRoutes(service: services.changes)
        accounts = AccountRoutes(service: services.accounts, tokens: tokens, proxies: proxies)
        businesses = BusinessRoutes(service: services.businesses)
        cashiers = CashierRoutes(service: services.businesses)
        users = UserRoutes(service: services.users, proxies: proxies)
        keys = services.keys
        audit = AuditRoutes(service: services.audit)
        events = EventRoutes(service: services.feed)
        preflight = PreflightRoutes(service: services.preflight)
        operations = OperationRoutes(probes: probes, defaultLocale: defaultLocale)
        self.contract = ContractRoutes(contract, defaultLocale: defaultLocale)
        self.tokens = tokens
        self.defaultLocale = defaultLocale
        self.logger = logger
        self.accessLog = accessLog
        self.metrics = metrics
        self.tracer = tracer
        self.ids = ids
        self.onChange = onChange
    }
}

/// What the API speaks for: the shop's verbs.
package struct DomainServices: Sendable {
    let sessions: SessionService
    let changes: SessionChangeService
    let accounts: AccountService
    let businesses: BusinessService
    let users: UserService
    let keys: APIKeyService
    let audit: AuditService
    let feed: FeedService
    let preflight: PreflightService

    package init(
        sessions: SessionService, changes: SessionChangeService, accounts: AccountService, businesses: BusinessService,
        users: UserService, keys: APIKeyService, audit: AuditService, feed: FeedService, preflight: PreflightService
    ) {
        self.sessions = sessions
        self.changes = changes
        self.accounts = accounts
        self.businesses = businesses
        self.users = users
        self.keys = keys
        self.audit = audit
        self.feed = feed
        self.preflight = preflight
    }
}
