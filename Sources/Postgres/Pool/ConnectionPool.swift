import DequeModule
import Glibc
import Logging
import Synchronization

/// The connections, the requests that wait for them, and the order of sending.
///
/// The pool runs on the reactor. Only the reactor's thread accesses its state, which the compiler and
/// ``ReactorSerialExecutor`` enforce. Reads that arrive within a tick share a Sync on the least busy read connection.
///
/// A write connection carries one write at a time, so a lock wait delays no other request. A group connection carries
/// several writes in one group commit. If one of them fails, the pool retries each as an exclusive write.
actor ConnectionPool {
    /// A transaction's exclusive use of a connection.
    struct Lease {
        /// Nil after the connection is lost.
        var connection: Connection?
        let until: ContinuousClock.Instant
        /// The first error of the transaction. It fails every later statement except the rollback.
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

    /// Maximum number of requests in a group.
    static let groupMax = 32
    /// Maximum number of lists in a group. It is small, because each request waits for the slowest of its group.
    private static let listGroupMax = 4

    nonisolated let reactor: Reactor
    nonisolated let configuration: DatabaseConfiguration
    let logger: Logger
    private let connectionString: ConnectionString
    private nonisolated let published = Mutex(PoolGauges())

    /// The time of the reactor's current tick.
    var now = ContinuousClock.now
    var phase = Phase.open
    /// Connections for group commits.
    private let groupers: [Connection]
    private let writers: [Connection]
    /// The read, list, write and group connections.
    let connections: [Connection]
    var reads: ReadQueue
    /// Reads that may be slow. Fast reads do not wait behind them.
    var lists: ReadQueue
    var writes: WriteQueue
    var leases: [ObjectIdentifier: Lease] = [:]
    /// Requests accepted and not completed.
    var unanswered = 0
    var counters = PoolGauges()
    private(set) var statementDurations = StatementDurations()
    var closers: [CheckedContinuation<Void, Never>] = []
    /// Whether the pool has logged that the database is unreachable.
    var isReportedUnreachable = false
    var nextSweep = ContinuousClock.now
    /// The index of the primary host, from 0: the host that accepted the last connection.
    var primaryHost = 0
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

    /// Submits a request and waits for its completion.
    nonisolated func perform(
        _ statement: Statement, _ parameters: [Value], _ kind: Request.Kind
    ) async throws(DatabaseError) -> Rows {
        let requestDeadline = RequestDeadline.current
        let deadline = requestDeadline?.begin()
        let answer = await withUnsafeContinuation { continuation in
            submit(
                Request(
                    statement: statement, parameters: parameters, kind: kind, deadline: deadline,
                    continuation: continuation))
        }
        requestDeadline?.end()
        return try answer.get()
    }

    /// Calls the pool directly on the reactor's thread. Other threads send the request through the reactor's inbox.
    private nonisolated func submit(_ request: Request) {
        if reactor.isCurrent {
            assumeIsolated { $0.accept(request) }
        } else {
            reactor.post { self.assumeIsolated { $0.accept(request) } }
        }
    }

    // MARK: Sending

    /// Sends waiting requests to free connections.
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
            guard let write = isGroupingPossible ? writes.popExclusive() : writes.popOldest() else { return }
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

    /// Maximum time from sending to completion. The server's statement timeout is one second shorter, so it normally
    /// applies first.
    private var answerLimit: Duration { configuration.statementTimeout + .seconds(1) }

    /// Maximum time from acceptance to completion, including retries.
    var requestLimit: Duration { configuration.poolWait + answerLimit }

    func connect(_ connection: Connection) {
        let failure = connection.connect(connectionString, configuration, favouring: primaryHost, now: now)
        if let failure { dropUnconnected(connection, because: failure) }
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
        return nextRead
    }

    private func handleTick(_ sockets: ArraySlice<pollfd>, at now: ContinuousClock.Instant) {
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
    /// Whether several callers' requests can be in flight on it.
    var isShared: Bool { role != .write }
}
