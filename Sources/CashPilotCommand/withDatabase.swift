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
    // The first statement waits until there is a connection at all, and nobody waits for the command but its user.
    configuration.poolWait = max(configuration.poolWait, .seconds(5))
    // Says why the database cannot be reached, which the error of a statement that waited in vain does not know.
    var logger = Logger(label: "cashpilot", factory: StreamLogHandler.standardError(label:))
    logger.logLevel = .warning
    let database = try Database(configuration, reactor: reactor, logger: logger)
    do {
        let result = try await work(database)
        await database.close(within: .seconds(1))
        return result
    } catch {
        await database.close(within: .seconds(1))
        throw error
    }
}
