import DequeModule
import Glibc
import Logging
import Synchronization

/// Connections, the requests that wait for them, and the rules of who goes when.
///
/// It lives on the reactor: all its state is touched on that one thread, which the compiler and
/// ``ReactorSerialExecutor`` see to. Reads that gather during a turn share a Sync on the least busy read connection.
/// Writes go one at a time on each write connection, so a lock wait holds up nobody else; or, if they may share their
/// commit, together on a group connection, and if one fails there each goes again alone.
actor ConnectionPool {
    /// A transaction's hold on a connection.
    struct Lease {
        /// Nil once the connection is lost.
        var connection: Connection?
        let until: ContinuousClock.Instant
        /// The first error of the transaction, which decides how it ends.
        private(set) var failure: DatabaseError?

        init(connection: Connection, until: ContinuousClock.Instant) {
            self.connection = connection
            self.until = until
        }

        mutating func fail(with error: DatabaseError) { failure = failure ?? error }
    }

    enum Phase {
        case open
        case draining(until: ContinuousClock.Instant)
        case closed
    }

    /// Requests behind one Sync.
    static let groupMax = 32
    /// The same for lists, which may take long: who shares a Sync waits for all of them.
    private static let listGroupMax = 4

    nonisolated let reactor: Reactor
    nonisolated let configuration: DatabaseConfiguration
    let logger: Logger
    private let connectionString: ConnectionString
    private nonisolated let published = Mutex(PoolGauges())

    /// The time of the reactor's turn.
    var now = ContinuousClock.now
    var phase = Phase.open
    /// For writes that share a commit.
    private let groupers: [Connection]
    private let writers: [Connection]
    /// All of them.
    let connections: [Connection]
    var reads: ReadQueue
    /// Reads that may take long, so that no other waits behind them.
    var lists: ReadQueue
    var writes: WriteQueue
    var leases: [ObjectIdentifier: Lease] = [:]
    /// Requests accepted and not answered.
    var unanswered = 0
    var counters = PoolGauges()
    private(set) var statementDurations = StatementDurations()
    var closers: [CheckedContinuation<Void, Never>] = []
    /// Whether the log has said that there is no connection.
    var isReportedUnreachable = false
    var nextSweep = ContinuousClock.now
    /// The host that the last connection was made to: the one that writes, as far as is known.
    var favouriteHost = 0
    private var parameters = ParameterBuffer()
    private var polled: [Connection] = []
    private var finished: [Pending] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { reactor.serialExecutor.asUnownedSerialExecutor() }

    init(
        _ configuration: DatabaseConfiguration, _ connectionString: ConnectionString, reactor: Reactor, logger: Logger
    ) {
        self.configuration = configuration
        self.connectionString = connectionString
        self.reactor = reactor
        self.logger = logger
        let start = ContinuousClock.now
        let readerCount = max(1, configuration.readConnections)
        let listerCount = max(1, configuration.listConnections)
        let readers = (0..<readerCount + listerCount).map { Connection(.read, index: $0, now: start) }
        reads = ReadQueue(on: Array(readers.prefix(readerCount)), groupMax: Self.groupMax)
        lists = ReadQueue(on: Array(readers.dropFirst(readerCount)), groupMax: Self.listGroupMax)
        let writerCount = max(1, configuration.writeConnections)
        writers = (0..<writerCount).map { Connection(.write, index: readers.count + $0, now: start) }
        groupers = (0..<configuration.groupConnections).map {
            Connection(.group, index: readers.count + writerCount + $0, now: start)
        }
        writes = WriteQueue(isGrouping: configuration.groupConnections > 0, countMax: configuration.queueMax)
        connections = readers + writers + groupers
    }

    nonisolated var gauges: PoolGauges { published.withLock { $0 } }

    /// Hands a request over and waits for its answer.
    nonisolated func perform(
        _ statement: Statement, _ parameters: [Value], _ kind: Request.Kind
    ) async throws(DatabaseError) -> Rows {
        let budget = TimeBudget.current
        let deadline = budget?.begin()
        let answer = await withUnsafeContinuation { continuation in
            submit(
                Request(
                    statement: statement, parameters: parameters, kind: kind, deadline: deadline,
                    continuation: continuation))
        }
        budget?.end()
        return try answer.get()
    }

    /// On the reactor's thread this is a plain call; from elsewhere the request travels through its inbox.
    private nonisolated func submit(_ request: Request) {
        if reactor.isCurrent {
            assumeIsolated { $0.accept(request) }
        } else {
            reactor.post { self.assumeIsolated { $0.accept(request) } }
        }
    }

    // MARK: Sending

    /// Sends what waits to the connections that are free for it.
    private func dispatch() {
        while let (group, connection) = reads.popGroup() { send(group, on: connection) }
        while let (group, connection) = lists.popGroup() { send(group, on: connection) }
        dispatchWrites()
    }

    private func dispatchWrites() {
        for connection in groupers where connection.isReady && connection.groups == 0 {
            let group = writes.popGroup(Self.groupMax)
            guard !group.isEmpty else { break }
            counters.writesGrouped += group.count
            send(group, on: connection)
        }
        let isGroupingPossible = groupers.contains(where: \.isReady)
        for connection in writers where connection.isReady && connection.groups == 0 && !connection.isLeased {
            guard let write = isGroupingPossible ? writes.popLone() : writes.popOldest() else { return }
            if case .begin(let transaction) = write.request.kind {
                connection.isLeased = true
                let until = now + configuration.transactionTimeout
                leases[ObjectIdentifier(transaction)] = Lease(connection: connection, until: until)
            }
            send(CollectionOfOne(write), on: connection)
        }
    }

    func send(_ group: some Collection<Pending>, on connection: Connection) {
        for pending in group { pending.isUnderWay(until: now + answerLimit, withOthers: connection.isShared) }
        if !connection.send(group, &parameters) { lose(connection, because: .connectionLost) }
    }

    /// How long an answer may take. The server's own limit strikes first, unless it cannot be heard.
    private var answerLimit: Duration { configuration.statementTimeout + .seconds(1) }

    /// From acceptance to answer, however often a request is sent.
    var requestLimit: Duration { configuration.poolWait + answerLimit }

    func connect(_ connection: Connection) {
        let failure = connection.connect(connectionString, configuration, favouring: favouriteHost, now: now)
        if let failure { dropUnconnected(connection, because: failure) }
    }
}

extension ConnectionPool: ReactorClient {
    nonisolated func prepare(_ sockets: inout [pollfd], at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        assumeIsolated { $0.prepareTurn(&sockets, at: now) }
    }

    nonisolated func handle(_ sockets: ArraySlice<pollfd>, at now: ContinuousClock.Instant) {
        assumeIsolated { $0.handleTurn(sockets, at: now) }
    }

    private func prepareTurn(_ sockets: inout [pollfd], at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        self.now = now
        sweepIfDue()
        dispatch()
        polled.removeAll(keepingCapacity: true)
        for connection in connections {
            guard let interest = connection.interest else { continue }
            sockets.append(interest)
            polled.append(connection)
        }
        publish()
        return nextLook
    }

    private func handleTurn(_ sockets: ArraySlice<pollfd>, at now: ContinuousClock.Instant) {
        self.now = now
        for (connection, socket) in zip(polled, sockets) where socket.revents != 0 {
            switch connection.state {
            case .waiting: break
            case .connecting(let deadline, _):
                if let failure = connection.continueConnecting(until: deadline) {
                    dropUnconnected(connection, because: failure)
                } else if connection.isReady {
                    gather(at: connection.host)
                }
            case .ready:
                let isAlive = connection.receive(into: &finished, counting: &statementDurations, at: now)
                for pending in finished { judge(pending, from: connection) }
                finished.removeAll(keepingCapacity: true)
                if !isAlive { lose(connection, because: .connectionLost) }
            }
        }
    }

    private func publish() {
        var gauges = counters
        for connection in connections {
            gauges.connectionsTotal += 1
            if connection.isReady { gauges.connectionsReady += 1 }
            if connection.groups > 0 || connection.isLeased { gauges.connectionsBusy += 1 }
            gauges.inFlight += connection.inFlight
        }
        gauges.waiting = waiting
        published.withLock { $0 = gauges }
    }
}

extension Connection {
    /// Whether several callers' requests are under way on it at a time.
    var isShared: Bool { role != .write }
}
