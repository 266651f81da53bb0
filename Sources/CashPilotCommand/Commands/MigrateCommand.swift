import ArgumentParser
import CashPilot
import CashPilotPostgres
import Postgres

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Apply, revert or list the migrations of the database schema.",
        subcommands: [Up.self, Down.self, Status.self])

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Apply the pending migrations. Concurrent runs are safe.",
            discussion: """
                Builds the one-open index if it is missing or INVALID, while tills keep working. Fails with a list of \
                the duplicates if cashiers have several open sessions in a business.
                """)

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print the applied versions as JSON.") var json = false

        func run() async throws {
            let configuration = try flags.configuration()
            let migrator = try Migrator(configuration)
            let applied = try await withProgress("applying migrations") { try await migrator.up() }
            do {
                let isBuilt = try await withProgress("building the one-open index") {
                    try await migrator.repairOneOpenIndex(configuration)
                }
                show(applied, "applied", orElse: "The schema is current.", indexIsBuilt: isBuilt, asJSON: json)
            } catch {
                if !applied.isEmpty { show(applied, "applied", orElse: "", asJSON: json) }
                throw error
            }
        }
    }

    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revert the newest migrations. The tables and columns that they drop lose their data.",
            discussion: "Without --yes, it lists the migrations with the tables and columns that would be lost.")

        @OptionGroup var flags: DatabaseFlags
        @OptionGroup var confirmation: Confirmation
        @Option(help: "Number of migrations to revert.") var steps = 1
        @Flag(help: "Print the reverted versions as JSON.") var json = false

        func validate() throws {
            guard steps >= 1 else { throw ValidationError("--steps must be 1 or more") }
        }

        func run() async throws {
            let configuration = try flags.configuration()
            let migrator = try Migrator(configuration)
            let reversals = try await withProgress("reading the migrations") {
                try await migrator.reversals(steps: steps)
            }
            let plan = reversals.isEmpty ? "No migration is applied." : reversals.map(\.text).joined(separator: "\n")
            try confirmation.require(
                plan, on: PostgresHealthChecks(configuration, toAnyHost: false).facts().database)
            let reverted = try await withProgress("reverting migrations") { try await migrator.down(steps: steps) }
            show(reverted, "reverted", orElse: "No migration is applied.", asJSON: json)
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the migrations. Exit status 0 if the schema is current, otherwise 2.",
            discussion: "If the one-open index is missing or INVALID, a last line says so, and the exit status is 2.")

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print one JSON object per line.") var json = false

        func run() async throws {
            let configuration = try flags.configuration()
            let migrator = try Migrator(configuration)
            let entries = try await withProgress("reading the migrations") { try await migrator.status() }
            for entry in entries {
                print(json ? JSONTree(entry).json : "\(entry.version)  \(entry.state)  \(entry.name)")
            }
            let isCurrent = entries.allSatisfy { $0.state == .applied }
            guard try indexIsValid(entries, configuration), isCurrent else { throw ExitCode(2) }
        }

        /// Prints a line if the one-open index is not valid, although its migration is applied.
        private func indexIsValid(
            _ entries: [Migrator.Status], _ configuration: DatabaseConfiguration
        ) throws -> Bool {
            let migration = entries.first { $0.version == Constraint.oneOpenSessionMigration }
            guard let migration, migration.state == .applied else { return true }
            let state = try PostgresHealthChecks(configuration, toAnyHost: false).oneOpenIndexState()
            guard state != .enforced else { return true }
            let finding = Finding.oneOpenIndex(state).finding
            print(
                json
                    ? JSONTree.object(["one_open_index": .string(state.rawValue)]).json
                    : "\(finding); cashpilot migrate up builds it")
            return false
        }
    }
}

extension Migrator {
    fileprivate init(_ configuration: DatabaseConfiguration) throws {
        try self.init(configuration, files: Migrations.files, onReport: { System.say("migrate: \($0)\n") })
    }

    /// Builds the one-open index if it is not valid, for example after `sql/operations/rollback_guard.sql`.
    ///
    /// - Returns: whether it was built.
    /// - Throws: ``MigrationError`` with a list of the duplicates that prevent it.
    fileprivate func repairOneOpenIndex(_ configuration: DatabaseConfiguration) async throws -> Bool {
        let healthChecks = try PostgresHealthChecks(configuration, toAnyHost: false)
        guard try healthChecks.oneOpenIndexState() != .enforced else { return false }
        // The migration lists duplicates before it changes anything, also if the table is partitioned.
        if try healthChecks.duplicates(limit: 1) > 0 { try await again(Constraint.oneOpenSessionMigration) }
        try await buildOneOpenIndex()
        return true
    }
}

extension Migrator {
    /// Builds the one-open index while tills work, in steps if the table is partitioned.
    func buildOneOpenIndex() async throws {
        guard try await run(answeredBy: SQL.oneOpenIndexBuild) == 0 else { return }
        try await again(Constraint.oneOpenSessionMigration)
    }
}

extension Migrator.Reversal {
    /// The migration, and a line for each table or column that it drops.
    fileprivate var text: String {
        (["would revert \(version)_\(name)"] + losses.map { "  would drop \($0)" }).joined(separator: "\n")
    }
}

private func show(
    _ versions: [String], _ whatHappened: String, orElse nothing: String, indexIsBuilt: Bool = false, asJSON: Bool
) {
    guard !asJSON else {
        var members = [whatHappened: JSONTree.array(versions.map { .string($0) })]
        if indexIsBuilt { members["built"] = .array([.string(Constraint.oneOpenSession)]) }
        return print(JSONTree.object(members).json)
    }
    var lines = versions.map { "\(whatHappened) \($0)" }
    if indexIsBuilt { lines.append("built \(Constraint.oneOpenSession)") }
    print(lines.isEmpty ? nothing : lines.joined(separator: "\n"))
}

extension JSONTree {
    fileprivate init(_ entry: Migrator.Status) {
        self = .object([
            "version": .string(entry.version), "name": .string(entry.name), "state": .string("\(entry.state)"),
        ])
    }
}
