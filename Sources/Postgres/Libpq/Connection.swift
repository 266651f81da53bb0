import CLibPQ
import DequeModule
import Glibc

/// A libpq connection in non-blocking pipeline mode.
///
/// It sends groups of requests and collects their responses. A group is one or more requests and one Sync, which makes
/// them one transaction unless they begin their own. ``PoolScheduler`` decides when it connects and closes, and what it
/// sends.
final class Connection {
    enum State {
        case closed
        case connecting(wants: PostgresPollingStatusType)
        case ready
    }

    /// A statement that libpq accepted.
    private struct Sent {
        let execution: Execution
        /// The number of its group on this connection.
        let group: Int
        /// The time of sending, taken just before libpq gets the group.
        let start: ContinuousClock.Instant
    }

    /// The results that libpq will return, in this order.
    private enum Step {
        /// The preparation of the statement, or the `deallocate` before it.
        case prelude(Sent)
        case execution(Sent)
        case sync(RequestGroup)
    }

    let role: ConnectionString.Role
    /// The number of the connection in ``PoolScheduler``.
    let index: Int
    private(set) var state = State.closed

    private var handle: OpaquePointer?
    private var steps = Deque<Step>()
    /// Whether the first step has its result, and only libpq's terminating null is missing.
    private var hasResult = false
    /// Whether the server warned that the standby may lack a commit.
    private var hasWarned = false
    /// The error of the commit at the Sync, such as a violated deferred constraint.
    private var commitFailure: OpaquePointer?
    private var isBroken = false
    private var wantsToWrite = false
    private var prepared = PreparedStatements()
    /// The number of groups sent since the start.
    private var groups = 0

    init(_ role: ConnectionString.Role, index: Int) {
        self.role = role
        self.index = index
    }

    deinit {
        PQclear(commitFailure)
        PQfinish(handle)
    }

    var isReady: Bool {
        if case .ready = state { true } else { false }
    }

    var isInTransaction: Bool { PQtransactionStatus(handle) != PQTRANS_IDLE }

    /// The socket and the events to poll for; nil while there is no socket.
    var interest: pollfd? {
        let events: Int32
        switch state {
        case .closed: return nil
        case .connecting(PGRES_POLLING_READING): events = POLLIN
        case .connecting: events = POLLOUT
        case .ready: events = wantsToWrite ? POLLIN | POLLOUT : POLLIN
        }
        return pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
    }

    // MARK: Connecting

    /// Starts an attempt to connect to one host.
    ///
    /// - Returns: the reason of an immediate failure, as ``continueConnecting()``.
    func connect(_ string: ConnectionString, _ configuration: DatabaseConfiguration, host: Int) -> String? {
        let settings = string.settings(for: role, configuration, host: host)
        handle = ConnectionString.withCArrays(settings) { PQconnectStartParams($0, $1, 0) }
        state = .connecting(wants: PGRES_POLLING_WRITING)
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
    func continueConnecting() -> String? {
        let wants = PQconnectPoll(handle)
        switch wants {
        case PGRES_POLLING_OK:
            guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else { return errorMessage }
            state = .ready
            return nil
        case PGRES_POLLING_FAILED: return errorMessage
        default:
            state = .connecting(wants: wants)
            return nil
        }
    }

    private var errorMessage: String {
        String(cString: PQerrorMessage(handle)).split(separator: "\n").joined(separator: "; ")
    }

    /// Closes the connection, and discards the state of its requests.
    func close() {
        PQclear(commitFailure)
        PQfinish(handle)
        (handle, commitFailure, state) = (nil, nil, .closed)
        (hasResult, isBroken, wantsToWrite, hasWarned) = (false, false, false, false)
        steps.removeAll()
        prepared = PreparedStatements()
    }

    // MARK: Sending

    /// The result of ``send(_:_:)``.
    enum SendResult {
        case sent
        /// libpq accepted all requests, so the server may execute them, but the connection failed.
        case failedAfterwards
        /// libpq did not accept the whole group, so the server does not execute it.
        case rejected
    }

    /// Sends a group of requests and a Sync. The pool must close the connection after a failure.
    func send(_ group: RequestGroup, _ parameters: inout ParameterBuffer) -> SendResult {
        if steps.isEmpty { hasWarned = false }
        groups += 1
        let start = ContinuousClock.now
        for execution in group.executions {
            let sent = Sent(execution: execution, group: groups, start: start)
            guard send(sent, &parameters) else { return .rejected }
            steps.append(.execution(sent))
        }
        steps.append(.sync(group))
        return PQpipelineSync(handle) == 1 && flush() ? .sent : .failedAfterwards
    }

    private func send(_ sent: Sent, _ parameters: inout ParameterBuffer) -> Bool {
        let statement = sent.execution.statement
        if !prepared.contains(statement.name) {
            if prepared.insert(statement.name, group: sent.group) {
                let forget = "deallocate \"\(statement.name)\""
                guard PQsendQueryParams(handle, forget, 0, nil, nil, nil, nil, 1) == 1 else { return false }
                steps.append(.prelude(sent))
            }
            guard PQsendPrepare(handle, statement.name, statement.text, 0, nil) == 1 else { return false }
            steps.append(.prelude(sent))
        }
        return parameters.withEncoded(sent.execution) {
            PQsendQueryPrepared(handle, statement.name, $0, $1, $2, $3, 1) == 1
        }
    }

    private func flush() -> Bool {
        let left = PQflush(handle)
        wantsToWrite = left == 1
        return left >= 0
    }

    // MARK: Receiving

    /// Records the results that arrived at their requests.
    ///
    /// - Returns: the number of groups whose Sync is complete, and whether the connection still works. If not, the pool
    ///   must close it.
    func receive(
        counting durations: inout StatementDurations, at now: ContinuousClock.Instant
    ) -> (groups: Int, isAlive: Bool) {
        let isOpen = PQconsumeInput(handle) == 1
        let groups = collect { durations.count($0.execution.statement.name, $0.start.duration(to: now)) }
        guard isOpen, !isBroken, PQstatus(handle) == CONNECTION_OK else { return (groups, false) }
        return (groups, !wantsToWrite || flush())
    }

    private func collect(_ count: (Sent) -> Void) -> Int {
        var completeGroups = 0
        var isRepeatedNull = false
        while let step = steps.first, !isBroken, PQisBusy(handle) == 0 {
            if let result = PQgetResult(handle) {
                isRepeatedNull = false
                if take(result, for: step, count) { completeGroups += 1 }
            } else if hasResult {
                hasResult = false
                if case .sync = step { continue }
                steps.removeFirst()
            } else if isRepeatedNull {
                break  // libpq is not busy but has no result. The request deadline ends the wait.
            } else {
                isRepeatedNull = true
            }
        }
        return completeGroups
    }

    /// Records a result, which it then owns.
    ///
    /// - Returns: whether the result completes a group.
    private func take(_ result: OpaquePointer, for step: Step, _ count: (Sent) -> Void) -> Bool {
        let status = PQresultStatus(result)
        switch step {
        case .sync(let group) where status == PGRES_PIPELINE_SYNC:
            PQclear(result)
            steps.removeFirst()
            hasResult = false
            complete(group)
            return true
        case .sync:
            PQclear(commitFailure)
            commitFailure = result
        case .prelude(let sent):
            if status != PGRES_COMMAND_OK {
                note(result, failedWith: status, for: sent)
                prepared.forget(sent.execution.statement.name, since: sent.group, isStale: false)
            }
            PQclear(result)
        case .execution(let sent):
            if status != PGRES_PIPELINE_ABORTED { count(sent) }
            if status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY {
                sent.execution.succeed(with: QueryResult(owning: result, of: sent.execution.statement.name))
            } else {
                note(result, failedWith: status, for: sent)
                PQclear(result)
            }
        }
        hasResult = true
        return false
    }

    private func note(_ result: OpaquePointer, failedWith status: ExecStatusType, for sent: Sent) {
        guard status != PGRES_PIPELINE_ABORTED else { return }
        let request = sent.execution.first.request
        let failure = DatabaseError(reading: result, of: request.statement.name, commits: request.commits)
        sent.execution.fail(with: failure)
        if failure.reason == .connectionLost { isBroken = true }
        guard failure.isLostPlan else { return }
        prepared.forget(failure.statement, since: sent.group, isStale: failure.leavesUselessPlan)
    }

    /// Replaces the rows of a group by an error if its commit failed. The same applies if the standby may lack the
    /// commit.
    private func complete(_ group: RequestGroup) {
        if commitFailure != nil || hasWarned {
            for request in group.requests {
                guard case .rows = request.response else { continue }
                if let failure = commitFailure(of: request.request) { request.response = .failure(failure) }
            }
        }
        hasWarned = false
        PQclear(commitFailure)
        commitFailure = nil
    }

    private func commitFailure(of request: Request) -> DatabaseError? {
        if let commitFailure {
            return DatabaseError(reading: commitFailure, of: request.statement.name, commits: request.commits)
        }
        guard hasWarned, request.commits else { return nil }
        return DatabaseError(
            statement: request.statement.name, sqlState: "01000", severity: "WARNING", outcome: .unknown,
            reason: .server, message: "the commit may not have reached its standby")
    }
}
