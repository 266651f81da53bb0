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

/// Builds and connects all components of `serve`.
struct Server {
    private let configuration: ServerConfiguration
    private let database: Database
    private let conflicts: ConflictRecorder
    private let forgetting: CleanupService
    private let oneOpenIndexWatch: OneOpenIndexWatch
    private let sessionCounts: SessionCountWatch
    private let sealer: AuditSealer
    private let eventLog: EventLog
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
            onNote: { existing, caller, instant in
                conflictLog.note(existing, for: caller, at: instant)
            },
            onFault: { logger.warning("Refused opens wait to be recorded", metadata: ["error": "\($0)"]) })
        let oneOpenIndexWatch = OneOpenIndexWatch(check: health.oneOpenIndexState) { event in logger.log(event) }
        let sessionCounts = SessionCountWatch(count: health.sessionCounts)
        let connectionsMax = DescriptorLimit.connectionsMax(configuration, logger)
        let eventLog = EventLog(
            database: database, configuration.database, subscribersMax: connectionsMax / 2, logger: logger)
        let sealer = AuditSealer(
            store: PostgresAuditChainStore(database: database), eventLog: eventLog.store,
            onFault: { logger.warning("Audit events are not sealed", metadata: ["error": "\($0)"]) },
            onRecovery: { logger.notice("Audit events are sealed again") })
        connections = ConnectionList(max: connectionsMax)
        tracer = configuration.traces.map {
            Tracer(ratio: $0.ratio, now: System.nanoseconds, random: RandomWords().next)
        }
        let gauges = Gauge.all(
            database: database, conflicts: conflicts, oneOpenIndexWatch: oneOpenIndexWatch,
            sessionCounts: sessionCounts,
            sealer: sealer, log: log, connections: connections, subscribers: eventLog.subscribers, tracer: tracer)
        let metrics = Metrics(
            endpoints: API.endpoints, gauges: gauges, histograms: [.statementDurations(of: database)])
        self.configuration = configuration
        self.database = database
        self.conflicts = conflicts
        self.oneOpenIndexWatch = oneOpenIndexWatch
        self.sessionCounts = sessionCounts
        self.sealer = sealer
        self.eventLog = eventLog
        self.shutdown = shutdown
        self.logger = logger
        self.reactor = reactor
        let accounts = PostgresAccountStore(database: database)
        forgetting = CleanupService(kinds: [store.deleteExpiredResponses, accounts.deleteExpiredFailures]) {
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
                eventLog: EventLogService(store: eventLog.store, subscribers: eventLog.subscribers),
                preflight: PreflightService(store: PostgresPreflightStore(database: database), ids: ids)),
            tokens: try configuration.tokens.tokens(),
            proxies: configuration.trustedProxies, probes: probes, defaultLocale: configuration.defaultLocale,
            contract: .embedded,
            logger: logger, accessLog: AccessLog(writer: log, level: configuration.logLevel), metrics: metrics,
            tracer: tracer, ids: ids, onChange: eventLog.watch.wake)
        management = ManagementRoutes(metrics: metrics, probes: probes)
    }

    /// Runs the server until it gets a shutdown signal.
    ///
    /// It then completes in-flight requests, writes gathered data, closes the database and exports the last spans.
    /// This is the reverse order of the list.
    func run() async throws {
        // One event loop only reads and writes HTTP. The reactor does the other work.
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
                    .init(service: OneOpenIndexService(watch: oneOpenIndexWatch)),
                    .init(service: SessionCountService(watch: sessionCounts)),
                    .init(service: AuditSealService(sealer: sealer)),
                    .init(service: EventLogWatchService(eventLog: eventLog)),
                    .init(
                        service: Listener(
                            limited(management), .managementPort, ConnectionList(max: Self.managementConnectionsMax),
                            configuration, loops, on: reactor.taskExecutor, onListening: listens)),
                    .init(
                        service: Listener(
                            limited(api), .httpPort, connections, configuration, loops, on: reactor.taskExecutor,
                            onListening: listens)),
                    .init(service: EventLogEndService(subscribers: eventLog.subscribers)),
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
    /// Maximum number of management connections. A separate limit keeps health probes working when the API is full.
    static let managementConnectionsMax = 64

    /// The trace exporter; empty if spans are not exported.
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
    /// Cancels the services that still run after `limit`. 2 s later the process ends in any case.
    fileprivate func limitingShutdown(to limit: Duration) -> ServiceGroupConfiguration {
        var configuration = self
        configuration.maximumGracefulShutdownDuration = limit
        configuration.maximumCancellationDuration = .seconds(2)
        return configuration
    }
}
