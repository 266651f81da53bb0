import DequeModule

/// Decides which request is sent next on which connection, and how each request ends.
///
/// It is a pure value: it reads no clock and calls no libpq. ``ConnectionPool`` reports each event to it, sends the
/// groups that it selects, and performs its ``actions``.
///
/// Reads that arrive within a tick share a Sync on the least busy read connection. A write connection carries one write
/// at a time, so a lock wait delays no other request. A group connection carries several writes in one group commit. If
/// one of them fails, the scheduler retries each as an exclusive write.
///
/// Reads, lists, writes and anonymous requests wait in separate queues with their own limits. So a flood of one kind
/// rejects only requests of that kind.
struct PoolScheduler {
    /// A task for the pool. Connections are numbered from 0.
    enum Action {
        case connect(Int, host: Int)
        case close(Int)
        case complete(InFlightRequest, Request.Completion)
        case report(Event)
        /// All connections are closed and all requests are completed.
        case finish
    }

    /// An event that the pool logs for the operator.
    enum Event: Equatable {
        /// No connection is ready. The text is libpq's reason.
        case unreachable(String)
        case reachable
        case connectionLost(DatabaseError.Reason, inFlight: Int)
    }

    /// A group to send now, and its connection.
    struct Sending {
        let group: RequestGroup
        let connection: Int
    }

    /// A transaction's exclusive use of a connection.
    struct Lease {
        /// Nil after the connection is lost.
        var connection: Int?
        let until: PoolTime
        /// The first error of the transaction. It fails every later statement except the rollback.
        private(set) var failure: DatabaseError?

        mutating func fail(with error: DatabaseError) { failure = failure ?? error }
    }

    enum Stage {
        case open
        case draining(until: PoolTime)
        case closed
    }

    /// Maximum number of requests in a group.
    static let groupMax = 32
    /// Maximum number of lists in a group. It is small, because each request waits for the slowest of its group.
    private static let listGroupMax = 4

    let configuration: DatabaseConfiguration
    let hostCount: Int
    /// The time of the reactor's current tick. The pool sets it.
    var now: PoolTime
    /// The actions that the pool must perform, in this order.
    var actions: [Action] = []
    var stage = Stage.open
    /// The read, list, write and group connections, in this order.
    var connections: [PooledConnection]
    let readers: Range<Int>
    let listers: Range<Int>
    let writers: Range<Int>
    /// Connections for group commits.
    let groupers: Range<Int>
    var reads: ReadQueue
    /// Reads that may be slow. Fast reads do not wait behind them.
    var lists: ReadQueue
    /// Reads for clients without a verified identity. At most one group of them is in flight.
    var anonymousReads: ReadQueue
    var writes: WriteQueue
    var leases: [Transaction.Identity: Lease] = [:]
    /// Requests accepted and not completed.
    var uncompleted = 0
    var counters = PoolGauges()
    /// Groups whose results are complete; empty between two events.
    var finished: [RequestGroup] = []
    var nextTick: PoolTime
    /// The index of the primary host, from 0: the host that accepted the last connection.
    var primaryHost = 0
    /// Whether the pool has logged that the database is unreachable.
    var isReportedUnreachable = false

    init(_ configuration: DatabaseConfiguration, hostCount: Int, now: PoolTime) {
        self.configuration = configuration
        self.hostCount = hostCount
        self.now = now
        nextTick = now
        readers = 0..<max(1, configuration.readConnections)
        listers = readers.upperBound..<readers.upperBound + max(1, configuration.listConnections)
        writers = listers.upperBound..<listers.upperBound + max(1, configuration.writeConnections)
        groupers = writers.upperBound..<writers.upperBound + configuration.groupConnections
        let roles: [(Range<Int>, ConnectionString.Role)] = [
            (readers, .read), (listers, .read), (writers, .write), (groupers, .group),
        ]
        connections = roles.flatMap { indices, role in indices.map { PooledConnection(role, index: $0, now: now) } }
        let queueMax = configuration.queueMax
        reads = ReadQueue(groupMax: Self.groupMax, countMax: queueMax)
        lists = ReadQueue(groupMax: Self.listGroupMax, countMax: queueMax)
        anonymousReads = ReadQueue(groupMax: Self.groupMax, countMax: Self.anonymousMax(of: queueMax))
        writes = WriteQueue(isGrouping: configuration.groupConnections > 0, countMax: queueMax)
    }

    /// Maximum number of waiting anonymous reads, and of waiting anonymous writes.
    static func anonymousMax(of queueMax: Int) -> Int { max(1, queueMax / 4) }

    /// The number of requests that wait for a connection.
    var waiting: Int { reads.count + lists.count + anonymousReads.count + writes.count }

    var gauges: PoolGauges {
        var gauges = counters
        gauges.connectionsTotal = connections.count
        // Indexes the array, because iterating over it would copy each connection at every tick.
        for index in connections.indices {
            if connections[index].isReady { gauges.connectionsReady += 1 }
            if connections[index].isBusy { gauges.connectionsBusy += 1 }
            gauges.inFlight += connections[index].inFlight
        }
        gauges.waiting = waiting
        return gauges
    }

    /// Maximum time from sending to completion. The server's statement timeout is one second shorter, so it normally
    /// applies first.
    var responseLimit: Duration { configuration.statementTimeout + .seconds(1) }

    /// Maximum time from acceptance to completion, including retries.
    private var requestLimit: Duration { configuration.poolWait + responseLimit }

    // MARK: Acceptance

    /// Queues, rejects or selects a request.
    ///
    /// - Returns: the request if the pool must send it at once, because it belongs to a transaction.
    mutating func accept(_ request: Request, _ continuation: InFlightRequest.Continuation? = nil) -> Sending? {
        let request = InFlightRequest(
            request, continuation, deadline: now + configuration.poolWait, expiry: now + requestLimit)
        uncompleted += 1
        switch request.kind {
        case .step(let transaction), .end(let transaction, _): return proceed(request, in: transaction)
        case .read, .lookup, .list, .write, .begin:
            enqueue(request)
            return nil
        }
    }

    private mutating func enqueue(_ request: InFlightRequest) {
        guard case .open = stage else { return reject(request, .closing) }
        guard now < request.expiry else { return reject(request, .deadline) }
        let isAccepted =
            switch request.kind {
            case .list: lists.append(request)
            case .read, .lookup: request.isAnonymous ? anonymousReads.append(request) : reads.append(request)
            case .write, .begin, .step, .end: writes.append(request, at: now)
            }
        if !isAccepted { reject(request, .queueFull) }
    }

    /// Selects a statement of a transaction. After a failure, the transaction's first error fails every statement
    /// except the rollback.
    private mutating func proceed(_ request: InFlightRequest, in transaction: Transaction.Identity) -> Sending? {
        if request.expiry <= now, !request.isRollback {
            let failure = unsentError(of: request, .deadline)
            leases[transaction]?.fail(with: failure)
        }
        guard let lease = leases[transaction] else {
            reject(request, .closing)
            return nil
        }
        if let connection = lease.connection, lease.failure == nil || request.isRollback {
            return select(RequestGroup(request), for: connection)
        }
        if lease.connection == nil, request.isRollback {
            leases[transaction] = nil
            writes.leave(request, at: now)
        }
        complete(request, .failure(lease.failure ?? lossError(of: request, .connectionLost)))
        return nil
    }
}
