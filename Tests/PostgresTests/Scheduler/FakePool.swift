import CLibPQ

@testable import Postgres

/// A ``PoolScheduler`` without a server. The test sets its clock and the responses of its connections.
///
/// Connection 0 is for reads, 1 for lists, 2 and 3 for writes, and 4 for group commits, unless the test changes the
/// configuration.
final class FakePool {
    private(set) var scheduler: PoolScheduler
    /// The results by the name of the request.
    private(set) var completions: [String: Request.Completion] = [:]
    private(set) var events: [PoolScheduler.Event] = []
    /// The connections that the scheduler closed, in order.
    private(set) var closed: [Int] = []
    /// The connections that the scheduler connected since the last ``tick()``, with their host.
    private(set) var connects: [String] = []
    private(set) var isFinished = false

    /// - Parameter isConnected: whether all connections are ready.
    init(
        hostCount: Int = 1, isConnected: Bool = true, _ adjust: (inout DatabaseConfiguration) -> Void = { _ in }
    ) {
        var configuration = DatabaseConfiguration(connectionString: "")
        configuration.readConnections = 1
        configuration.listConnections = 1
        configuration.writeConnections = 2
        configuration.groupConnections = 1
        adjust(&configuration)
        scheduler = PoolScheduler(configuration, hostCount: hostCount, now: .zero)
        tick()
        if isConnected { for index in scheduler.connections.indices { connect(index) } }
    }

    var gauges: PoolGauges { scheduler.gauges }

    func failure(_ name: String) -> DatabaseError? {
        if case .failure(let failure) = completions[name] { failure } else { nil }
    }

    func succeeded(_ names: String...) -> Bool {
        names.allSatisfy { name in if case .success = completions[name] { true } else { false } }
    }

    // MARK: The clock

    private func tick() {
        connects = []
        scheduler.tick()
        performActions()
    }

    func advance(by duration: Duration) {
        scheduler.now += duration
        tick()
    }

    // MARK: Requests

    /// Submits one request for each name.
    ///
    /// - Parameters:
    ///   - statement: the name of the statement, if it is not the name of the request.
    ///   - limit: the time until the request deadline.
    /// - Returns: what was sent at once, as ``send()``.
    @discardableResult
    func submit(
        _ names: String..., as kind: Request.Kind, statement: String? = nil, within limit: Duration? = nil,
        isAnonymous: Bool = false
    ) -> [String] {
        let sent = names.compactMap { name -> String? in
            let request = Request(
                statement: Statement(name: statement ?? name, text: ""), parameters: [.text(name)], kind: kind,
                deadline: limit.map { scheduler.now + $0 }, isAnonymous: isAnonymous)
            return scheduler.accept(request).map(markSent)
        }
        performActions()
        return sent
    }

    /// Sends everything that can be sent.
    ///
    /// - Returns: each group as `2: a+b c`, which is the connection and its statements. A batched read joins the names
    ///   of its requests with `+`.
    func send() -> [String] {
        var sent: [String] = []
        while let sending = scheduler.nextSending() { sent.append(markSent(sending)) }
        performActions()
        return sent
    }

    private func markSent(_ sending: PoolScheduler.Sending) -> String {
        scheduler.sent(on: sending.connection)
        let statements = sending.group.executions.map { $0.members.map(\.name).joined(separator: "+") }
        return "\(sending.connection): \(statements.joined(separator: " "))"
    }

    /// Loses the connection of the next group because libpq does not accept the group.
    func rejectNextGroup() {
        if let sending = scheduler.nextSending() { lose(sending.connection) }
    }

    // MARK: Responses

    /// Completes the first group of a connection.
    ///
    /// - Parameters:
    ///   - failures: the server's errors by the name of a request. Later statements of the group have no response.
    ///   - commitFailure: the error of the commit, which replaces all rows.
    ///   - isInTransaction: whether the server is in a transaction afterwards.
    func respond(
        on connection: Int, failing failures: [String: DatabaseError] = [:], commitFailure: DatabaseError? = nil,
        isInTransaction: Bool = false
    ) {
        respondWithoutSync(on: connection, failing: failures)
        if let commitFailure, let group = scheduler.connections[connection].groups.first {
            for request in group.requests { request.response = .failure(commitFailure) }
        }
        scheduler.received(1, on: connection, isInTransaction: isInTransaction)
        performActions()
    }

    /// Responds to the statements of the first group of a connection, but not to its Sync.
    func respondWithoutSync(on connection: Int, failing failures: [String: DatabaseError] = [:]) {
        guard let group = scheduler.connections[connection].groups.first else { return }
        for execution in group.executions {
            if let failure = execution.members.lazy.compactMap({ failures[$0.name] }).first {
                execution.fail(with: failure)
                return
            }
            execution.succeed(with: QueryResult(owning: PQmakeEmptyPGresult(nil, PGRES_TUPLES_OK), of: "empty"))
        }
    }

    // MARK: Connections

    func connect(_ connection: Int) {
        scheduler.connected(connection)
        performActions()
    }

    func failToConnect(_ connection: Int, because reason: String = "connection refused") {
        scheduler.connectFailed(connection, because: reason)
        performActions()
    }

    func lose(_ connection: Int) {
        scheduler.lost(connection, because: .connectionLost)
        performActions()
    }

    /// Loses a connection, and connects it again after 20 ms.
    func replace(_ connection: Int) {
        lose(connection)
        advance(by: .milliseconds(20))
        connect(connection)
    }

    func drain(within limit: Duration) { scheduler.drain(until: scheduler.now + limit) }

    private func performActions() {
        for action in scheduler.actions {
            switch action {
            case .connect(let connection, let host): connects.append("\(connection) to \(host)")
            case .close(let connection): closed.append(connection)
            case .complete(let request, let completion):
                precondition(completions[request.name] == nil, "\(request.name) was completed twice")
                completions[request.name] = completion
            case .report(let event): events.append(event)
            case .finish: isFinished = true
            }
        }
        scheduler.actions.removeAll()
    }
}

extension InFlightRequest {
    fileprivate var name: String {
        if case .text(let name) = request.parameters.first { name } else { "" }
    }
}

extension DatabaseError {
    /// An error that the server reports.
    static func server(
        _ sqlState: String, of statement: String = "s", outcome: Outcome = .notApplied
    ) -> DatabaseError {
        DatabaseError(statement: statement, sqlState: sqlState, outcome: outcome, reason: .server)
    }
}

extension Transaction.Identity {
    /// Three transactions of one conflict key.
    static let first = Self(id: 1, conflictKey: 1)
    static let second = Self(id: 2, conflictKey: 1)
    static let third = Self(id: 3, conflictKey: 1)
}
