import ArgumentParser
import CashPilotPostgres
import Postgres

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Apply, revert or list the migrations of the database schema.",
        subcommands: [Up.self, Down.self, Status.self])

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Apply the pending migrations. Concurrent runs are safe.")

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print the applied versions as JSON.") var json = false

        func run() async throws {
            let migrator = try Migrator(flags.configuration())
            let applied = try await withProgress("applying migrations") { try await migrator.up() }
            show(applied, "applied", orElse: "The schema is current.", asJSON: json)
        }
    }

    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revert the newest migrations. The tables and columns that they drop lose their data.")

        @OptionGroup var flags: DatabaseFlags
        @Option(help: "Number of migrations to revert.") var steps = 1
        @Flag(help: "Print the reverted versions as JSON.") var json = false

        func validate() throws {
            guard steps >= 1 else { throw ValidationError("--steps must be 1 or more") }
        }

        func run() async throws {
            let migrator = try Migrator(flags.configuration())
            let reverted = try await withProgress("reverting migrations") { try await migrator.down(steps: steps) }
            show(reverted, "reverted", orElse: "No migration is applied.", asJSON: json)
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the migrations. Exit status 0 if the schema is current, otherwise 2.")

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print one JSON object per line.") var json = false

        func run() async throws {
            let migrator = try Migrator(flags.configuration())
            let entries = try await withProgress("reading the migrations") { try await migrator.status() }
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

private func show(_ versions: [String], _ whatHappened: String, orElse nothing: String, asJSON: Bool) {
    guard !asJSON else { return print(JSONTree.object([whatHappened: .array(versions.map { .string($0) })]).json) }
    print(versions.isEmpty ? nothing : versions.map { "\(whatHappened) \($0)" }.joined(separator: "\n"))
}

extension JSONTree {
    fileprivate init(_ entry: Migrator.Status) {
        self = .object([
            "version": .string(entry.version), "name": .string(entry.name), "state": .string("\(entry.state)"),
        ])
    }
}
