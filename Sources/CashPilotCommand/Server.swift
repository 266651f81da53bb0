import CashPilot
import CashPilotHTTP
import CashPilotPostgres
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Postgres
import ServiceLifecycle
import Synchronization

/// Everything that `serve` runs, put together: the one place where all layers meet.
struct Server {
    private let configuration: ServerConfiguration
    private let database: Database
    private let conflicts: ConflictRecorder
    private let forgetting: ForgettingService
    private let guardWatch: GuardWatch
    private let sessionCounts: SessionCountWatch
    private let sealer: AuditSealer
    private let feed: Feed
    private let connections: ConnectionList
    private let tracer: Tracer?
    private let api: API
    private let management: ManagementRoutes
    private let shutdown: ShutdownSignal
    private let logger: Logger
    private let reactor: Reactor

    init(_ configuration: ServerConfiguration, reactor: Reactor, shutdown: ShutdownSignal, log: LogWriter) async throws
    {
        let logger = Logger(label: "cashpilot")
        let database = try Database(configuration.database, reactor: reactor, logger: logger)
        let store = PostgresSessionStore(database: database)
        let health = PostgresHealth(database: database)
        let probes = Probes(check: health.readiness, isShuttingDown: { shutdown.isSet })
        let ids = System.ids
        let conflictLog = ConflictLog(writer: log, level: configuration.logLevel)
        let conflicts = ConflictRecorder(
            store: store, ids: ids,
            onNote: { blocker, caller, instant in
                conflictLog.note(blocker, for: caller, at: instant)
            },
            onFault: { logger.warning("Refused opens wait to be recorded", metadata: ["error": "\($0)"]) })
        let guardWatch = GuardWatch(check: health.guardState) { event in logger.log(event) }
        let sessionCounts = SessionCountWatch(count: health.sessionCounts)
        let connectionsMax = DescriptorLimit.connectionsMax(configuration, logger)
        let feed = Feed(database: database, configuration.database, followersMax: connectionsMax / 2, logger: logger)
        let sealer = AuditSealer(
            store: PostgresAuditChainStore(database: database), feed: feed.store,
            onFault: { logger.warning("Audit events are not sealed", metadata: ["error": "\($0)"]) },
            onRecovery: { logger.notice("Audit events are sealed again") })
        connections = ConnectionList(max: connectionsMax)
        tracer = configuration.traces.map {
            Tracer(ratio: $0.ratio, now: System.nanoseconds, random: RandomWords().next)
        }
        let gauges = Gauge.all(
            database: database, conflicts: conflicts, guardWatch: guardWatch, sessionCounts: sessionCounts,
            sealer: sealer, log: log, connections: connections, followers: feed.followers, tracer: tracer)
        let metrics = Metrics(
            endpoints: API.endpoints, gauges: gauges, histograms: [.statementDurations(of: database)])
        self.configuration = configuration
        self.database = database
        self.conflicts = conflicts
        self.guardWatch = guardWatch
        self.sessionCounts = sessionCounts
        self.sealer = sealer
        self.feed = feed
        self.shutdown = shutdown
        self.logger = logger
        self.reactor = reactor
        let accounts = PostgresAccountStore(database: database)
        forgetting = ForgettingService(kinds: [store.forgetKeptAnswers, accounts.forgetFailures]) {
            logger.warning("What is old could not be forgotten", metadata: ["error": "\($0)"])
        }
        let hasher = ScryptHasher(random: System.random)
        api = API(
            DomainServices(
                sessions: SessionService(store: store, conflicts: conflicts, ids: ids),
                changes: SessionChangeService(store: store, conflicts: conflicts, ids: ids),
                accounts: AccountService(accounts: accounts, sessions: store, hasher: hasher),
                businesses: BusinessService(store: PostgresBusinessStore(database: database), ids: ids),
                users: UserService(
                    store: PostgresUserStore(database: database), accounts: accounts, hasher: hasher, ids: ids),
                keys: APIKeyService(store: PostgresAPIKeyStore(database: database), ids: ids),
                audit: AuditService(store: PostgresAuditStore(database: database)),
                feed: FeedService(store: feed.store, followers: feed.followers),
                preflight: PreflightService(store: PostgresPreflightStore(database: database), ids: ids)),
            tokens: try configuration.tokens.tokens(),
            proxies: configuration.trustedProxies, probes: probes, defaultLocale: configuration.defaultLocale,
            contract: .embedded,
            logger: logger, accessLog: AccessLog(writer: log, level: configuration.logLevel), metrics: metrics,
            tracer: tracer, ids: ids, onChange: feed.watch.nudge)
        management = ManagementRoutes(metrics: metrics, probes: probes)
    }

    /// Serves until a signal. Then requests in flight are finished, what was gathered is written, the database is let go,
    /// and the last spans are exported, in this order: the reverse of the list.
    func run() async throws {
        // One loop: it only reads and writes HTTP, the reactor does the rest.
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listening = Atomic(0)
        @Sendable func listens() {
            if listening.add(1, ordering: .relaxed).newValue == 2 { ServiceManager.tell(.ready) }
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: traceServices(loops) + [
                    .init(service: DatabaseService(database: database)),
                    .init(service: ConflictService(recorder: conflicts)),
                    .init(service: forgetting),
                    .init(service: GuardService(watch: guardWatch)),
                    .init(service: SessionCountService(watch: sessionCounts)),
                    .init(service: AuditSealService(sealer: sealer)),
                    .init(service: FeedWatchService(feed: feed)),
                    .init(
                        service: Listener(
                            limited(management), .managementPort, ConnectionList(max: Self.managementConnectionsMax),
                            configuration, loops, on: reactor.taskExecutor, onListening: listens)),
                    .init(
                        service: Listener(
                            limited(api), .httpPort, connections, configuration, loops, on: reactor.taskExecutor,
                            onListening: listens)),
                    .init(service: FeedEndService(followers: feed.followers)),
                    .init(service: shutdown, successTerminationBehavior: .gracefullyShutdownGroup),
                ],
                logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }
            )
            .limitingShutdown(to: configuration.shutdownTimeout))
        try await group.run()
        try await loops.shutdownGracefully()
    }
}

extension Server {
    /// Of the management port: apart from the API's, so that a probe gets in whatever comes upon the service.
    static let managementConnectionsMax = 64

    /// None if spans are not exported.
    private func traceServices(_ loops: any EventLoopGroup) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        guard let tracer, let traces = configuration.traces else { return [] }
        return [
            .init(service: TraceService(tracer: tracer, configuration: traces, loops: loops, logger: logger))
        ]
    }

    private func limited<Responder: HTTPResponder>(_ responder: Responder) -> TimeLimited<Responder> {
        TimeLimited(responder: responder, limit: configuration.databaseTime)
    }
}

extension ServiceGroupConfiguration {
    /// After `limit` what still runs is cancelled, and a little later the process ends whatever happens.
    fileprivate func limitingShutdown(to limit: Duration) -> ServiceGroupConfiguration {
        var configuration = self
        configuration.maximumGracefulShutdownDuration = limit
        configuration.maximumCancellationDuration = .seconds(2)
        return configuration
    }
}
