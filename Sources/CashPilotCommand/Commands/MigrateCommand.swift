import ArgumentParser
import CashPilotPostgres
import Postgres

/// `cashpilot migrate`: updates the database schema.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database's schema up or down, or say where it is.",
        subcommands: [Up.self, Down.self, Status.self])

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Apply the migrations that are missing. Any number of these may run at once.")

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print the versions that were applied as JSON.") var json = false

        func run() async throws {
            let migrator = try Migrator(flags.configuration())
            let applied = try await withProgress("applying what is missing") { try await migrator.up() }
            guard !json else { return print(JSONTree(versions: applied, "applied").json) }
            print(applied.isEmpty ? "The schema is current." : applied.map { "applied \($0)" }.joined(separator: "\n"))
        }
    }

    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the last migration back. What only it held is lost.")

        @OptionGroup var flags: DatabaseFlags
        @Option(help: "How many to take back.") var steps = 1
        @Flag(help: "Print the versions that were taken back as JSON.") var json = false

        func validate() throws {
            guard steps >= 1 else { throw ValidationError("--steps: 1 or more") }
        }

        func run() async throws {
            let migrator = try Migrator(flags.configuration())
            let reverted = try await withProgress("taking back") { try await migrator.down(steps: steps) }
            guard !json else { return print(JSONTree(versions: reverted, "reverted").json) }
            print(
                reverted.isEmpty
                    ? "There is nothing to take back." : reverted.map { "reverted \($0)" }.joined(separator: "\n"))
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the migrations. Exit status 0 if the schema is current, 2 if not.")

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print a JSON object a line.") var json = false

        func run() async throws {
            let migrator = try Migrator(flags.configuration())
            let entries = try await withProgress("looking at the schema") { try await migrator.status() }
            for entry in entries {
                print(json ? JSONTree(entry).json : "\(entry.version)  \(entry.state)  \(entry.name)")
            }
            if entries.contains(where: { $0.state != .applied }) { throw ExitCode(2) }
        }
    }
}

extension Migrator {
    fileprivate init(_ configuration: DatabaseConfiguration) throws {
        try self.init(configuration, files: Migrations.files)
    }
}

extension JSONTree {
    fileprivate init(versions: [String], _ whatHappened: String) {
        self = .object([whatHappened: .array(versions.map { .string($0) })])
    }

    fileprivate init(_ entry: Migrator.Status) {
        self = .object([
            "version": .string(entry.version), "name": .string(entry.name), "state": .string("\(entry.state)"),
        ])
    }
}
