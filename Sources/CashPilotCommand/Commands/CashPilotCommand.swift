import ArgumentParser
import CashPilotHTTP

@main
struct CashPilotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cashpilot",
        abstract: "Cash sessions over HTTP: a cashier has at most one open session in a business.",
        discussion: """
            Flags override environment variables. `cashpilot config` shows the effective settings. Secrets have no \
            flag: set the environment variable, or name a file with --database-url-file.
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
        ProcessMemory.protect()
        guard CommandLine.arguments.dropFirst() == ["serve"] else { return await main(nil) }
        do {
            try await ServeCommand.serve(SettingReader(flags: []))
        } catch {
            exit(withError: error)
        }
    }
}

/// The version of this program and of its parts.
enum Build {
    /// The newest version in CHANGELOG.md, released or in preparation.
    static let version = "0.1.0"

    /// The commit of the build, as recorded by `scripts/build`; otherwise `unknown`.
    static let commit = EmbeddedCommit.text?.split(separator: "\n").first.map(String.init) ?? "unknown"

    /// The compiler's version, as far as conditional compilation shows it.
    static let swift: String = {
        #if compiler(>=6.5)
            return "6.5 or newer"
        #elseif compiler(>=6.4)
            return "6.4"
        #else
            return "6.3"
        #endif
    }()

    /// - Parameter number: the version number from libpq: 150018 is 15.18.
    static func libpq(_ number: Int) -> String { "\(number / 10_000).\(number % 10_000)" }
}
