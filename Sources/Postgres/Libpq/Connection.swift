import CLibPQ
import DequeModule
import Glibc

/// A libpq connection in non-blocking pipeline mode.
///
/// It sends groups of requests and collects their results. A group is one or more requests and one Sync, which makes
/// them one transaction unless they begin their own. The connection returns no result before the Sync completes.
/// The pool owns it, and decides how to handle a loss and which requests to resend.
final class Connection {
    enum State {
        case waiting(until: ContinuousClock.Instant)
        case connecting(until: ContinuousClock.Instant, wants: PostgresPollingStatusType)
        case ready
    }

    /// The results that libpq will return, in this order.
    private enum Step {
        /// The preparation of the statement, or the `deallocate` before it.
        case prelude(Execution)
        case execution(Execution)
        case sync
    }

    let role: ConnectionString.Role
    private(set) var state: State { didSet { isReady = if case .ready = state { true } else { false } } }
    /// Stored, because the pool reads it for every connection on each tick.
    private(set) var isReady = false
    /// The index of the host of the current or last attempt, from 0.
    private(set) var host = 0
    var isLeased = false  // A transaction owns it, even with nothing in flight.
    var hasWarned = false  // The server warned: the standby may lack a commit.
    private(set) var inFlight = 0  // Requests sent and not yet returned to the pool.
    private(set) var groups = 0  // Groups whose Sync is not complete.

    private var handle: OpaquePointer?
    private var steps = Deque<Step>()
    /// Whether the first step has its result, and only libpq's terminating null is missing.
    private var hasResult = false
    /// The requests of the first group whose results are complete. They are no longer in `steps`.
    private var members: [Pending] = []
    /// The error of the commit at the Sync, such as a violated deferred constraint.
    private var commitFailure: OpaquePointer?
    private var isBroken = false
    private var wantsToWrite = false
    private var prepared = PreparedStatements()
    private var sequence = 0  // Counts the groups.
    private var failures = 0  // Failed attempts since the last successful connection.
    private let index: Int

    /// The pause between two attempts. The stagger keeps connections from retrying at the same time.
    private static let (backoffMin, backoffMax) = (Duration.milliseconds(50), Duration.milliseconds(250))
    private static let stagger = Duration.milliseconds(3)

    init(_ role: ConnectionString.Role, index: Int, now: ContinuousClock.Instant) {
        self.role = role
        self.index = index
        state = .waiting(until: now)
    }

    deinit {
        PQclear(commitFailure)
        PQfinish(handle)
    }

    var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }

    /// The socket and the events to poll for; nil while there is no socket.
    var interest: pollfd? {
        let events: Int32
        switch state {
        case .waiting: return nil
        case .connecting(_, PGRES_POLLING_READING): events = POLLIN
        case .connecting: events = POLLOUT
        case .ready: events = wantsToWrite ? POLLIN | POLLOUT : POLLIN
        }
        return pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
    }

    var underWay: [Pending] {
        members + steps.flatMap { step in if case .execution(let sent) = step { sent.members } else { [Pending]() } }
    }

    // MARK: Connecting

    /// Starts an attempt to connect, first to the primary host.
    ///
    /// After a failure each attempt tries another host. Different connections try different hosts.
    ///
    /// - Returns: the reason of an immediate failure, as ``continueConnecting(until:)``.
    func connect(
        _ string: ConnectionString, _ configuration: DatabaseConfiguration, favouring primary: Int,
        now: ContinuousClock.Instant
    ) -> String? {
        host = (primary + (failures == 0 ? 0 : failures + index)) % string.hostCount
        let settings = string.settings(for: role, configuration, host: host)
        handle = ConnectionString.withCArrays(settings) { PQconnectStartParams($0, $1, 0) }
        state = .connecting(until: now + configuration.connectTimeout, wants: PGRES_POLLING_WRITING)
        let receiver: PQnoticeReceiver = { argument, result in
            guard let argument, let code = PQresultErrorField(result, CLIBPQ_DIAG_SQLSTATE) else { return }
            guard strcmp(code, "01000") == 0 else { return }
            Unmanaged<Connection>.fromOpaque(argument).takeUnretainedValue().hasWarned = true
        }
        PQsetNoticeReceiver(handle, receiver, Unmanaged.passUnretained(self).toOpaque())
        return PQstatus(handle) == CONNECTION_BAD ? errorMessage : nil
    }

    /// Continues to connect after the socket became ready.
    ///
    /// - Returns: the reason of a failure, which may name hosts and users but no password; nil on success so far.
    func continueConnecting(until deadline: ContinuousClock.Instant) -> String? {
        let wants = PQconnectPoll(handle)
        switch wants {
        case PGRES_POLLING_OK:
            guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else { return errorMessage }
            state = .ready
            failures = 0
            return nil
        case PGRES_POLLING_FAILED: return errorMessage
        default:
            state = .connecting(until: deadline, wants: wants)
            return nil
        }
    }

    private var errorMessage: String {
        String(cString: PQerrorMessage(handle)).split(separator: "\n").joined(separator: "; ")
    }

    /// Closes the connection and schedules a new attempt.
    ///
    /// The attempt is immediate if the connection was established or `atOnce` is true. Otherwise it waits 50 to 250 ms,
    /// twice as long after each failure, plus 3 ms per connection index.
    ///
    /// - Returns: the requests that were in flight, with the results received for them.
    func drop(at now: ContinuousClock.Instant, atOnce: Bool = false) -> [Pending] {
        let lost = underWay
        var pause = Duration.zero
        if atOnce {
            failures = 0
        } else if !isReady {
            pause = min(Self.backoffMin * (1 << min(failures, 8)), Self.backoffMax) + Self.stagger * index
            failures += 1
        }
        PQclear(commitFailure)
        PQfinish(handle)
        (handle, commitFailure, state) = (nil, nil, .waiting(until: now + pause))
        (hasResult, isBroken, wantsToWrite, hasWarned, isLeased) = (false, false, false, false, false)
        (inFlight, groups) = (0, 0)
        members.removeAll()
        steps.removeAll()
        prepared = PreparedStatements()
        return lost
    }

    // MARK: Sending

    /// Sends a group of requests and a Sync.
    ///
    /// - Returns: whether libpq accepted all of it. If not, the pool must drop the connection, which returns the group.
    func send(_ group: some Collection<Pending>, _ parameters: inout ParameterBuffer) -> Bool {
        if groups == 0 { hasWarned = false }
        groups += 1
        inFlight += group.count
        sequence += 1
        for pending in group { pending.sequence = sequence }
        var isTaken = true
        for execution in Execution.gather(group, at: .now) {
            isTaken = isTaken && dispatch(execution, &parameters)
            steps.append(.execution(execution))
        }
        guard isTaken else { return false }
        for pending in group { pending.wasSent = true }
        steps.append(.sync)
        return PQpipelineSync(handle) == 1 && flush()
    }

    private func dispatch(_ execution: Execution, _ parameters: inout ParameterBuffer) -> Bool {
        let name = execution.statement.name
        if !prepared.contains(name) {
            if prepared.insert(name, group: sequence) {
                let forget = "deallocate \"\(name)\""
                guard PQsendQueryParams(handle, forget, 0, nil, nil, nil, nil, 1) == 1 else { return false }
                steps.append(.prelude(execution))
            }
            guard PQsendPrepare(handle, name, execution.statement.text, 0, nil) == 1 else { return false }
            steps.append(.prelude(execution))
        }
        return parameters.withEncoded(execution) { PQsendQueryPrepared(handle, name, $0, $1, $2, $3, 1) == 1 }
    }

    private func flush() -> Bool {
        let left = PQflush(handle)
        wantsToWrite = left == 1
        return left >= 0
    }

    // MARK: Receiving

    /// Reads the results that arrived.
    ///
    /// - Parameter finished: receives the requests whose Sync is complete, in order.
    /// - Returns: whether the connection still works. If not, the pool must drop it.
    func receive(
        into finished: inout [Pending], counting durations: inout StatementDurations, at now: ContinuousClock.Instant
    ) -> Bool {
        let isOpen = PQconsumeInput(handle) == 1
        collect(into: &finished) { durations.count($0.statement.name, $0.start.duration(to: now)) }
        guard isOpen, !isBroken, PQstatus(handle) == CONNECTION_OK else { return false }
        return !wantsToWrite || flush()
    }

    private func collect(into finished: inout [Pending], _ count: (Execution) -> Void) {
        var isRepeatedNull = false
        while let step = steps.first, !isBroken, PQisBusy(handle) == 0 {
            if let result = PQgetResult(handle) {
                isRepeatedNull = false
                take(result, for: step, into: &finished, count)
            } else if hasResult {
                hasResult = false
                if case .sync = step { continue }
                steps.removeFirst()
                if case .execution(let execution) = step { members += execution.members }
            } else if isRepeatedNull {
                return  // libpq is not busy but has no result. The request deadline ends the wait.
            } else {
                isRepeatedNull = true
            }
        }
    }

    private func take(
        _ result: OpaquePointer, for step: Step, into finished: inout [Pending], _ count: (Execution) -> Void
    ) {
        let status = PQresultStatus(result)
        switch step {
        case .sync where status == PGRES_PIPELINE_SYNC:
            PQclear(result)
            steps.removeFirst()
            hasResult = false
            finishGroup(into: &finished)
            return
        case .sync:
            PQclear(commitFailure)
            commitFailure = result
        case .prelude(let execution):
            if status != PGRES_COMMAND_OK {
                note(result, failedWith: status, for: execution)
                prepared.forget(execution.statement.name, since: execution.first.sequence, isStale: false)
            }
            PQclear(result)
        case .execution(let execution):
            if status != PGRES_PIPELINE_ABORTED { count(execution) }
            if status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY {
                execution.succeed(with: QueryResult(owning: result, of: execution.statement.name))
            } else {
                note(result, failedWith: status, for: execution)
                PQclear(result)
            }
        }
        hasResult = true
    }

    private func note(_ result: OpaquePointer, failedWith status: ExecStatusType, for execution: Execution) {
        guard status != PGRES_PIPELINE_ABORTED else { return }
        let request = execution.first.request
        let failure = DatabaseError(reading: result, of: request.statement.name, commits: request.commits)
        execution.fail(with: failure)
        if failure.reason == .connectionLost { isBroken = true }
        guard failure.isLostPlan else { return }
        prepared.forget(
            failure.statement, since: execution.first.sequence, isStale: failure.leavesUselessPlan)
    }

    private func finishGroup(into finished: inout [Pending]) {
        for pending in members where pending.rows != nil {
            let request = pending.request
            if let commitFailure {
                pending.failure = DatabaseError(
                    reading: commitFailure, of: request.statement.name, commits: request.commits)
            } else if hasWarned, request.commits {
                pending.failure = DatabaseError(
                    statement: request.statement.name, sqlState: "01000", severity: "WARNING", outcome: .unknown,
                    reason: .server, message: "the commit may not have reached its standby")
            }
        }
        let cause = members.lazy.compactMap { $0.failure ?? $0.abortedBy }.first { $0.outcome == .notApplied }
        for pending in members where pending.failure == nil && (pending.rows == nil || pending.request.commits) {
            pending.abortedBy = pending.abortedBy ?? cause
        }
        groups -= 1
        inFlight -= members.count
        hasWarned = false
        PQclear(commitFailure)
        commitFailure = nil
        finished += members
        members.removeAll(keepingCapacity: true)
    }
}
