import ArgumentParser
import CashPilotHTTP
import Logging
import Postgres

/// `cashpilot serve`: runs the API server.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the API until SIGTERM or SIGINT.",
        discussion: """
            Prints a line for each address it listens on. Logs go to standard error, one JSON object a line, or for \
            people if that is a terminal. On SIGTERM readiness fails at once, and a little later no more requests are taken and those in flight are finished.
            """)

    @OptionGroup(title: "Database") var database: DatabaseFlags
    @OptionGroup(title: "Tokens") var tokens: TokenFlags
    @OptionGroup var server: ServerFlags

    func run() async throws { try await Self.serve(SettingReader(database, tokens, server)) }

    /// Runs the server until SIGTERM or SIGINT.
    ///
    /// - Throws: ``SettingErrors`` if a setting is invalid.
    @concurrent static func serve(_ settings: SettingReader) async throws {
        let configuration = try ServerConfiguration(settings)
        let shutdown = try ShutdownSignal(delay: configuration.shutdownDelay)
        let log = try LogWriter(descriptor: 2, style: configuration.logStyle, now: System.milliseconds)
        LoggingSystem.bootstrap { _ in JSONLogHandler(writer: log, level: configuration.logLevel) }
        let reactor = try Reactor()
        // Handlers run on the reactor, where their query results arrive: docs/ARCHITECTURE.md, "The driver".
        try await withTaskExecutorPreference(reactor.taskExecutor) {
            let server = try await Server(configuration, reactor: reactor, shutdown: shutdown, log: log)
            try await server.run()
        }
        _ = log.finish(within: 1_000)
        System.end()
    }
}
