import ArgumentParser
import CashPilotHTTP
import Logging
import Postgres
import Telemetry

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the API until SIGTERM or SIGINT.",
        discussion: """
            Prints one line for each address it listens on. Logs go to standard error: plain text on a terminal, \
            otherwise one JSON object per line. After SIGTERM, readiness fails at once. The server accepts requests \
            for SHUTDOWN_DELAY_SECONDS more, then completes the requests in flight.
            """)

    @OptionGroup(title: "Database") var database: DatabaseFlags
    @OptionGroup var server: ServerFlags

    func run() async throws { try await Self.serve(SettingReader(database, server)) }

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
            try await Server(configuration, reactor: reactor, shutdown: shutdown, log: log).run()
        }
        _ = log.finish(within: 1_000)
        System.end()
    }
}
