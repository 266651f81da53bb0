import ArgumentParser

/// The executable `cashpilot`.
@main
struct CashPilotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cashpilot",
        abstract: "Cash sessions over HTTP: a cashier has at most one open session in a business.",
        discussion: """
            Flags override environment variables. `cashpilot config` shows the effective settings.
            """,
        version: Build.version,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, DemoCommand.self, UserCommand.self, BusinessCommand.self,
            KeyCommand.self, TokenCommand.self, SessionsCommand.self, AuditCommand.self,
            PreflightCommand.self, DoctorCommand.self, ConfigCommand.self,
        ])

    /// Starts `serve` without flags, as service managers do, without ArgumentParser. Its setup takes two thirds of a
    /// debug build's start time.
    static func main() async {
        guard CommandLine.arguments.dropFirst() == ["serve"] else {
            return await main(nil)
        }
        do {
            try await ServeCommand.serve(SettingReader(flags: [:]))
        } catch {
            exit(withError: error)
        }
    }
}
