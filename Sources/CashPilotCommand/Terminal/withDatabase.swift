import Glibc
import Logging
import Postgres

/// Runs `work` with a database and then closes it. For short-lived commands.
func withDatabase<Result: Sendable>(
    _ configuration: DatabaseConfiguration, _ work: @Sendable (Database) async throws -> Result
) async throws -> Result {
    let reactor = try Reactor()
    defer { reactor.stop() }
    var configuration = configuration
    configuration.readConnections = 1
    configuration.listConnections = 1
    configuration.writeConnections = 1
    // A command serves one user, so it waits at least 5 s for a connection.
    let patience = max(configuration.poolWait, .seconds(5))
    configuration.poolWait = patience
    // Logs why the connection fails, which the pool's timeout error does not contain.
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

/// Waits for the first connection, so that progress is shown and ends before `work` prints.
///
/// - Throws: ``CommandError`` after the time limit.
private func untilConnected(_ database: Database, within limit: Duration) async throws {
    let end = ContinuousClock.now + limit
    while database.gauges.connectionsReady == 0 {
        guard ContinuousClock.now < end else {
            throw CommandError(
                description: "cannot connect to the database of DATABASE_URL within \(limit); nothing was changed")
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}

/// Shows the elapsed seconds of `work` after 1 s, if standard error is a terminal.
///
/// - Parameter what: names the work in a few words.
func withProgress<Result: Sendable>(
    _ what: String, _ work: () async throws -> Result
) async throws -> Result {
    guard isatty(2) == 1 else { return try await work() }
    let ticker = Task {
        let start = ContinuousClock.now
        var isShown = false
        while (try? await Task.sleep(for: .seconds(1))) != nil {
            // After the carriage return, a log line overwrites this one.
            System.say("\(what): \((ContinuousClock.now - start).components.seconds) s\r")
            isShown = true
        }
        if isShown { System.say("\u{1B}[K") }  // Clears the line for later output.
    }
    do {
        let result = try await work()
        ticker.cancel()
        await ticker.value
        return result
    } catch {
        ticker.cancel()
        await ticker.value
        throw error
    }
}
