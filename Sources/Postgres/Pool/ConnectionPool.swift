import CLibPQ
import Glibc
import Logging
import Synchronization

/// The connections of a ``Database``. It does what ``PoolScheduler`` decides.
///
/// The pool runs on the reactor. Only the reactor's thread accesses its state, which the compiler and
/// ``ReactorSerialExecutor`` enforce.
actor ConnectionPool {
    nonisolated let reactor: Reactor
    nonisolated let configuration: DatabaseConfiguration
    private let logger: Logger
    private let connectionString: ConnectionString
    private nonisolated let published = Mutex(PoolGauges())

    // Checks of each access to the unchecked properties cost 2 % of an open. Only the reactor's thread accesses them, and
    // no action calls back into the pool.
    @exclusivity(unchecked) private var scheduler: PoolScheduler
    /// The connections, by their number in the scheduler.
    private let connections: [Connection]
    private(set) var statementDurations = StatementDurations()
    private var closers: [CheckedContinuation<Void, Never>] = []

    // Buffers that each tick reuses.
    @exclusivity(unchecked) private var actions: [PoolScheduler.Action] = []
    @exclusivity(unchecked) private var parameters = ParameterBuffer()
    @exclusivity(unchecked) private var polled: [Connection] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.serialExecutor.asUnownedSerialExecutor() }

    init(
        _ configuration: DatabaseConfiguration, _ connectionString: ConnectionString, reactor: Reactor, logger: Logger
    ) {
        self.configuration = configuration
        self.connectionString = connectionString
        self.reactor = reactor
        self.logger = logger
        let scheduler = PoolScheduler(configuration, hostCount: connectionString.hostCount, now: PoolTime(.now))
        connections = scheduler.connections.enumerated().map { Connection($1.role, index: $0) }
        self.scheduler = scheduler
    }

    nonisolated var gauges: PoolGauges { published.withLock { $0 } }

    // MARK: Requests

    /// Submits a request and waits for its completion.
    nonisolated func perform(
        _ statement: Statement, _ parameters: [Value], _ kind: Request.Kind, isAnonymous: Bool = false
    ) async throws(DatabaseError) -> Rows {
        let requestDeadline = RequestDeadline.current
        let deadline = requestDeadline?.begin()
        let completion = await withUnsafeContinuation { continuation in
            let request = Request(
                statement: statement, parameters: parameters, kind: kind, deadline: deadline.map { PoolTime($0) },
                isAnonymous: isAnonymous)
            submit(request, continuation)
        }
        requestDeadline?.end()
        return try completion.get()
    }

    /// Calls the pool directly on the reactor's thread. Other threads send the request through the reactor's inbox.
    private nonisolated func submit(_ request: Request, _ continuation: InFlightRequest.Continuation) {
        if reactor.isCurrent {
            assumeIsolated { $0.accept(request, continuation) }
        } else {
            reactor.post { self.assumeIsolated { $0.accept(request, continuation) } }
        }
    }

    private func accept(_ request: Request, _ continuation: InFlightRequest.Continuation) {
        if let sending = scheduler.accept(request, continuation) { send(sending) }
        performActions()
    }

    /// Implements ``Database/close(within:)``.
    func close(within limit: Duration) async {
        if case .closed = scheduler.stage { return }
        scheduler.drain(until: PoolTime(.now) + limit)
        await withCheckedContinuation { closers.append($0) }
    }

    // MARK: Actions

    private func send(_ sending: PoolScheduler.Sending) {
        let result = connections[sending.connection].send(sending.group, &parameters)
        if result != .rejected { scheduler.sent(on: sending.connection) }
        if result != .sent { scheduler.lost(sending.connection, because: .connectionLost) }
    }

    private func performActions() {
        while !scheduler.actions.isEmpty {
            swap(&scheduler.actions, &actions)
            for action in actions { perform(action) }
            actions.removeAll(keepingCapacity: true)
        }
    }

    private func perform(_ action: PoolScheduler.Action) {
        switch action {
        case .connect(let index, let host):
            let failure = connections[index].connect(connectionString, configuration, host: host)
            if let failure { scheduler.connectFailed(index, because: failure) }
        case .close(let index): connections[index].close()
        case .complete(let request, let completion): request.continuation?.resume(returning: completion)
        case .report(let event): log(event)
        case .finish:
            reactor.detach(self)
            for closer in closers { closer.resume() }
            closers.removeAll()
        }
    }
}

extension ConnectionPool: ReactorClient {
    nonisolated func prepare(_ sockets: inout [pollfd], at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        assumeIsolated { $0.prepareTick(&sockets, at: now) }
    }

    nonisolated func handle(_ sockets: ArraySlice<pollfd>, at now: ContinuousClock.Instant) {
        assumeIsolated { $0.handleTick(sockets, at: now) }
    }

    private func prepareTick(_ sockets: inout [pollfd], at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        scheduler.now = PoolTime(now)
        scheduler.tick()
        performActions()
        while let sending = scheduler.nextSending() {
            send(sending)
            performActions()
        }
        polled.removeAll(keepingCapacity: true)
        for connection in connections {
            guard let interest = connection.interest else { continue }
            sockets.append(interest)
            polled.append(connection)
        }
        let gauges = scheduler.gauges
        published.withLock { $0 = gauges }
        return scheduler.nextWakeUp?.instant
    }

    private func handleTick(_ sockets: ArraySlice<pollfd>, at now: ContinuousClock.Instant) {
        scheduler.now = PoolTime(now)
        for (connection, socket) in zip(polled, sockets) where socket.revents != 0 {
            switch connection.state {
            case .closed: break
            case .connecting: continueConnecting(connection)
            case .ready: receive(from: connection, at: now)
            }
            performActions()  // They may close the next connections.
        }
    }

    private func continueConnecting(_ connection: Connection) {
        if let failure = connection.continueConnecting() {
            scheduler.connectFailed(connection.index, because: failure)
        } else if connection.isReady {
            scheduler.connected(connection.index)
        }
    }

    private func receive(from connection: Connection, at now: ContinuousClock.Instant) {
        let (groups, isAlive) = connection.receive(counting: &statementDurations, at: now)
        scheduler.received(groups, on: connection.index, isInTransaction: connection.isInTransaction)
        if !isAlive { scheduler.lost(connection.index, because: .connectionLost) }
    }
}

extension ConnectionPool {
    private func log(_ event: PoolScheduler.Event) {
        switch event {
        case .unreachable(let reason):
            logger.warning("database unreachable", metadata: ["reason": "\(reason)\(advice(about: reason))"])
        case .reachable: logger.notice("database reachable again")
        case .connectionLost(let reason, let inFlight):
            logger.warning("database connection lost", metadata: ["reason": "\(reason)", "underWay": "\(inFlight)"])
        }
    }

    /// The advice if the user is not a member of the role. The error names the role in every language.
    private func advice(about failure: String) -> String {
        guard let role = configuration.role, failure.contains("\"\(role)\"") else { return "" }
        return "; the migrations create the role, and the user must be a member of it: GRANT \(role) TO the user"
    }
}
