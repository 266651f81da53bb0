import CashPilot
import HTTPServer
import Logging
import Telemetry

/// The HTTP API: converts each request into a response.
///
/// There is no middleware chain. ``respond(to:on:)`` contains all steps of a request in order.
package struct API: HTTPResponder {
    let sessions: SessionRoutes
    let changes: ChangeRoutes
    let accounts: AccountRoutes
    let businesses: BusinessRoutes
    let cashiers: CashierRoutes
    let users: UserRoutes
    let credentialRoutes: CredentialRoutes
    let terminals: TerminalRoutes
    let pins: PINRoutes
    let credentials: CredentialService
    let movements: MovementRoutes
    let uses: CredentialUses
    let callers = CallerCache()
    let audit: AuditRoutes
    let events: EventRoutes
    let preflight: PreflightRoutes
    let operations: OperationRoutes
    let contract: ContractRoutes
    let defaultLocale: Locale
    let failures: FailureLog
    let fairUse: FairUse
    let proxies: TrustedProxies
    let accessLog: AccessLog
    let metrics: APIMetrics
    /// `nil` if spans are not exported.
    let tracer: Tracer?
    let ids: IDMaker
    let crossOrigin: CrossOrigin
    let basePath: BasePath
    /// The API calls this after each committed change.
    let onChange: @Sendable () -> Void

    /// - Parameters:
    ///   - defaultLocale: used when neither the request nor the user's account gives a language.
    ///   - logins: makes the bearers of logins.
    ///   - uses: gathers the credentials that requests used.
    ///   - proxies: the proxies whose `X-Forwarded-For` is trusted.
    ///   - contract: the OpenAPI document and the script that renders it.
    ///   - logger: receives responses caused by a failure of the service, not of the client.
    ///   - tracer: makes a span for each request; `nil` if spans are not exported.
    ///   - fairUse: the limits of each user and each address.
    ///   - crossOrigin: the origins whose pages may use the API.
    ///   - basePath: the prefix of the paths in responses.
    ///   - onChange: called after each committed change; must return immediately.
    package init(
        _ services: DomainServices, logins: LoginMaker, uses: CredentialUses, proxies: TrustedProxies, probes: Probes,
        defaultLocale: Locale, contract: Contract, logger: Logger, accessLog: AccessLog, loginLog: LoginLog,
        metrics: APIMetrics, tracer: Tracer? = nil, fairUse: FairUse = FairUse(), ids: IDMaker,
        crossOrigin: CrossOrigin = CrossOrigin(), basePath: BasePath = BasePath(),
        onChange: @escaping @Sendable () -> Void = {}
    ) {
        sessions = SessionRoutes(service: services.sessions)
        changes = ChangeRoutes(service: services.changes)
        movements = MovementRoutes(service: services.movements)
        accounts = AccountRoutes(
            service: services.accounts, logins: logins, proxies: proxies, fairUse: fairUse, log: loginLog)
        businesses = BusinessRoutes(service: services.businesses)
        cashiers = CashierRoutes(service: services.businesses)
        users = UserRoutes(service: services.users)
        credentialRoutes = CredentialRoutes(service: services.credentials)
        terminals = TerminalRoutes(
            service: services.terminals, random: logins.random, uses: uses, proxies: proxies, fairUse: fairUse)
        pins = PINRoutes(
            service: services.pins, login: services.pinLogin, logins: logins, proxies: proxies, fairUse: fairUse,
            log: loginLog)
        credentials = services.credentials
        self.uses = uses
        audit = AuditRoutes(service: services.audit)
        events = EventRoutes(service: services.eventLog)
        preflight = PreflightRoutes(service: services.preflight, accounts: services.accounts)
        operations = OperationRoutes(probes: probes, defaultLocale: defaultLocale)
        self.contract = basePath.apply { ContractRoutes(contract, defaultLocale: defaultLocale) }
        self.defaultLocale = defaultLocale
        failures = FailureLog(logger)
        self.fairUse = fairUse
        self.proxies = proxies
        self.accessLog = accessLog
        self.metrics = metrics
        self.tracer = tracer
        self.ids = ids
        self.crossOrigin = crossOrigin
        self.basePath = basePath
        self.onChange = onChange
    }
}
