import Logging
import Postgres

/// Runs `work` with a database that is closed afterwards; for commands that do one thing and end.
func withDatabase<Result: Sendable>(
    _ configuration: DatabaseConfiguration, _ work: @Sendable (Database) async throws -> Result
) async throws -> Result {
    let reactor = try Reactor()
    defer { reactor.stop() }
    var configuration = configuration
    configuration.readConnections = 1
    configuration.listConnections = 1
    configuration.writeConnections = 1
    // Nobody waits for the command but its user.
    let patience = max(configuration.poolWait, .seconds(5))
    configuration.poolWait = patience
    // Says why the database cannot be reached, which the error of who waited in vain does not know.
    var logger = Logger(label: "cashpilot", factory: StreamLogHandler.standardError(label:))
    logger.logLevel = .warning
    let database = try Database(configuration, reactor: reactor, logger: logger)
    do {
        try await withProgress("waiting for the database") { try await untilConnected(database, within: patience) }
        let result = try await work(database)
        await database.close(within: .seconds(1))
        return result
    } catch {
        await database.close(within: .seconds(1))
        throw error
    }
}

/// Waits until there is a connection at all: here and not at the first statement, so that it can be told, and is over
/// before `work` prints anything.
///
/// - Throws: ``DatabaseError`` if there is none in time.
private func untilConnected(_ database: Database, within limit: Duration) async throws {
    let end = ContinuousClock.now + limit
    while database.gauges.connectionsReady == 0 {
        guard ContinuousClock.now < end else { throw DatabaseError(statement: "connect", reason: .poolTimeout) }
        try await Task.sleep(for: .milliseconds(5))
    }
}
