import CashPilot
import CashPilotHTTP
import CashPilotPostgres
import HTTPServer
import HummingbirdCore
import Logging
import NIOPosix
import Postgres
import ServiceLifecycle
import Synchronization
import Telemetry

/// Builds and runs all components of `serve`.
struct Server {
    /// Maximum number of management connections. A separate limit keeps health probes working when the API is full.
    static let managementConnectionsMax = 64

    let configuration: ServerConfiguration
    let reactor: Reactor
    let shutdown: ShutdownSignal
    let log: LogWriter
    private let logger = Logger(label: "cashpilot")

    init(_ configuration: ServerConfiguration, reactor: Reactor, shutdown: ShutdownSignal, log: LogWriter) {
        self.configuration = configuration
        self.reactor = reactor
        self.shutdown = shutdown
        self.log = log
    }

    /// Builds the components in order of use, and runs them until a shutdown signal.
    func run() async throws {
        let database = try Database(configuration.database, reactor: reactor, logger: logger)
        let stores = Stores(database)
        let health = PostgresHealth(database: database)
        let conflicts = ConflictRecorder(
            store: stores.sessions, ids: System.ids,
            log: ConflictLog(writer: log, level: configuration.logLevel).write(_:),
            onFailure: warning("Failed to record conflicts; retrying"))
        let connectionsMax = DescriptorLimit.connectionsMax(configuration, logger)
        let eventLog = EventLog(
            stores.eventLog, configuration.database, subscribersMax: connectionsMax / 2,
            onFailure: warning("Failed to read the event log"))
        let services = DomainServices(
            stores, conflicts: conflicts, hasher: ScryptHasher(random: System.random), ids: System.ids,
            subscribers: eventLog.subscribers)

        let oneOpenIndexWatch = OneOpenIndexWatch(check: health.oneOpenIndexState) { event in logger.log(event) }
        let sessionCounts = SessionCountWatch(count: health.sessionCounts)
        let sealer = AuditSealer(
            store: PostgresAuditChainStore(database: database), eventLog: stores.eventLog,
            onFailure: warning("Failed to seal audit events"),
            onRecovery: { logger.notice("Audit events are sealed again") })
        let cleanup = CleanupService(
            kinds: Self.retention(configuration, database)
                + [stores.sessions.deleteExpiredResponses, stores.accounts.deleteExpiredFailures],
            onFailure: warning("Failed to delete expired rows"))

        let uses = CredentialUses(
            services.credentials, onFailure: warning("Failed to store when credentials were used"))
        let credentialWatch = CredentialWatch(
            credentials: services.credentials, subscribers: eventLog.subscribers,
            onFailure: warning("Failed to check the credentials of event streams"))

        let connections = ConnectionList(max: connectionsMax)
        let fairUse = FairUse(configuration.fairUse)
        let tracer = configuration.traces.map {
            Tracer(ratio: $0.ratio, now: System.nanoseconds, random: RandomWords().next)
        }
        let refused = RefusedRequests(writer: log, level: configuration.logLevel)
        let metrics = APIMetrics(
            gauges: [refused.gauge] + fairUse.gauges
                + Gauge.all(
                    database: database, conflicts: conflicts, oneOpenIndexWatch: oneOpenIndexWatch,
                    sessionCounts: sessionCounts, sealer: sealer, log: log, connections: connections,
                    subscribers: eventLog.subscribers, tracer: tracer),
            histograms: [.statementDurations(of: database)])
        let probes = Probes(
            version: Build.version, check: health.readiness, isShuttingDown: { shutdown.isSet })
        let api = API(
            services, logins: LoginMaker(lifetime: configuration.loginLifetime, random: System.random), uses: uses,
            proxies: configuration.trustedProxies.warning { [logger] in logger.warning("\($0)") }, probes: probes,
            defaultLocale: configuration.defaultLocale, contract: .embedded, logger: logger,
            accessLog: AccessLog(writer: log, level: configuration.logLevel),
            loginLog: LoginLog(
                writer: log, level: configuration.logLevel, key: (0..<32).map { _ in .random(in: 0...255) },
                metrics: metrics),
            metrics: metrics, tracer: tracer, fairUse: fairUse, ids: System.ids,
            crossOrigin: configuration.crossOrigin, basePath: configuration.basePath, onChange: eventLog.watch.wake)

        try await serve(
            api, connections, ManagementRoutes(metrics: metrics, probes: probes), tracer, refused,
            background: [
                AtShutdown { await database.close(within: .seconds(4)) }, UntilShutdown { await conflicts.run() },
                cleanup, UntilShutdown { await oneOpenIndexWatch.run() }, UntilShutdown { await sessionCounts.run() },
                UntilShutdown { await DeploymentCheck(facts: health.deploymentFacts, logger: logger).run() },
                UntilShutdown { await sealer.run() }, EventLogWatchService(eventLog: eventLog),
                UntilShutdown { await uses.run() }, UntilShutdown { await credentialWatch.run() },
            ],
            // Ends the event streams before the server waits for its responses to end.
            AtShutdown { eventLog.subscribers.end() })
    }

    /// The deletions that the operator has set a time for.
    private static func retention(
        _ configuration: ServerConfiguration, _ database: Database
    ) -> [@Sendable () async throws -> Int] {
        let (conflictDays, eventDays) = (configuration.conflictRetentionDays, configuration.eventLogRetentionDays)
        var kinds: [@Sendable () async throws -> Int] = []
        if conflictDays > 0 {
            let store = PostgresAuditStore(database: database)
            kinds.append { try await store.deleteConflicts(olderThan: conflictDays) }
        }
        if eventDays > 0 {
            let store = PostgresEventLogStore(database: database)
            kinds.append { try await store.deleteEvents(olderThan: eventDays) }
        }
        return kinds
    }

    /// Runs all services until a shutdown signal, then stops them in reverse order.
    ///
    /// That order completes requests in flight, writes gathered data, closes the database and exports the last spans.
    private func serve(
        _ api: API, _ connections: ConnectionList, _ management: ManagementRoutes, _ tracer: Tracer?,
        _ refused: RefusedRequests, background: [any Service], _ streams: AtShutdown
    ) async throws {
        // One event loop only reads and writes HTTP. The reactor does the other work.
        let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let listening = Atomic(0)
        @Sendable func listens() {
            if listening.add(1, ordering: .relaxed).newValue == 2 { ServiceManager.tell(.ready) }
        }
        var services: [any Service] = []
        if let tracer, let traces = configuration.traces {
            services.append(TraceService(tracer: tracer, configuration: traces, loops: loops, logger: logger))
        }
        services += background
        services += [
            Listener(
                limited(management), .managementPort, ConnectionList(max: Self.managementConnectionsMax),
                configuration, loops, on: reactor.taskExecutor, onRefused: refused.note, onListening: listens),
            Listener(
                limited(api), .httpPort, connections, configuration, loops, on: reactor.taskExecutor,
                onRefused: refused.note, onListening: listens),
            streams,
        ]
        var group = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }
                + [.init(service: shutdown, successTerminationBehavior: .gracefullyShutdownGroup)],
            logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() })
        // Cancels the services that still run after the limit. 10 s later the process ends in any case: the database may
        // take 4 s to close.
        group.maximumGracefulShutdownDuration = configuration.shutdownTimeout
        group.maximumCancellationDuration = .seconds(10)
        try await ServiceGroup(configuration: group).run()
        try await loops.shutdownGracefully()
    }

    private func limited<Responder: HTTPResponder>(_ responder: Responder) -> TimeLimited<Responder> {
        TimeLimited(responder: responder, limit: configuration.databaseTime)
    }

    private func warning(_ message: Logger.Message) -> @Sendable (any Error) -> Void {
        { [logger] in logger.warning(message, metadata: ["error": "\($0)"]) }
    }
}
