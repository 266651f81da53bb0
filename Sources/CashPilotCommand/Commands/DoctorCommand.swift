import ArgumentParser
import CashPilot
import CashPilotPostgres
import Postgres

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check the database and other dependencies, and suggest fixes.",
        discussion: """
            Exit status 0 if all checks pass, 1 if the database is unreachable, 2 if another check fails. A warning is \
            not a failure. Without --mend, nothing changes. With it, the command builds the one-open index if that is \
            missing or INVALID, while tills keep working.
            """)

    @OptionGroup var flags: DatabaseFlags
    @Flag(help: "Print JSON instead of a table.") var json = false
    @Flag(help: "Build the one-open index if it is not valid.") var mend = false

    func run() async throws {
        let configuration = try flags.configuration()
        let doctor = Doctor(configuration: configuration)
        var findings = try await withProgress("checking") { await doctor.examine() }
        if mend, try await mended(findings, configuration) {
            findings = try await withProgress("checking") { await doctor.examine() }
        }
        print(json ? try Self.json(findings) : Self.text(findings))
        guard let fault = findings.first(where: { $0.level == .fault }) else { return }
        throw ExitCode(fault.name == "connection" && findings.count == 1 ? 1 : 2)
    }

    /// Builds the one-open index if it is not valid and the other checks allow it.
    ///
    /// - Returns: whether the index was built.
    private func mended(_ findings: [Finding], _ configuration: DatabaseConfiguration) async throws -> Bool {
        func isFault(_ name: String) -> Bool { findings.contains { $0.name == name && $0.level == .fault } }
        guard findings.count > 1, isFault("guard") else { return false }
        for name in ["writable", "schema", "duplicates"] where isFault(name) {
            System.say("doctor: cannot build the one-open index before the finding \"\(name)\" is fixed\n")
            return false
        }
        let migrator = try Migrator(configuration, files: Migrations.files)
        return try await withProgress("building the one-open index") {
            try await migrator.buildOneOpenIndex()
            return true
        }
    }

    private struct Output: Encodable {
        let status: Finding.Level
        let findings: [Finding]
    }

    private static func json(_ findings: [Finding]) throws -> String {
        let levels = findings.map(\.level)
        let status: Finding.Level = levels.contains(.fault) ? .fault : levels.contains(.warning) ? .warning : .ok
        return try JSONTree.indented(Output(status: status, findings: findings))
    }

    private static func text(_ findings: [Finding]) -> String {
        let table = Table.text(findings.map { [$0.level.rawValue, $0.name, $0.finding] })
        var lines = zip(findings, table.split(separator: "\n", omittingEmptySubsequences: false)).map { finding, line in
            finding.level.colour.paint(finding.level.rawValue) + line.dropFirst(finding.level.rawValue.count)
        }
        for finding in findings where finding.level != .ok {
            lines.append("\n\(finding.name): \(finding.meaning ?? "")\n  \(finding.mend ?? "")")
        }
        return lines.joined(separator: "\n")
    }
}

extension Finding.Level {
    fileprivate var colour: Colour {
        switch self {
        case .ok: .green
        case .warning: .yellow
        case .fault: .red
        }
    }
}

/// Runs the health checks of the database and of other dependencies. Changes nothing.
struct Doctor {
    let configuration: DatabaseConfiguration

    /// Maximum accepted difference between the clocks of this machine and the database.
    static let skewMax: Int64 = 2_000  // ms
    /// Maximum number of duplicates that the check counts.
    static let duplicatesMax = 1_000

    /// Runs all checks. The first finding is the connection; if the connection fails, it is the only finding.
    func examine() async -> [Finding] {
        do {
            return try await findings(PostgresHealthChecks(configuration, toAnyHost: false))
        } catch {
            // A read-only host still gives more findings than no host.
            guard let other = try? PostgresHealthChecks(configuration, toAnyHost: true) else {
                return [.unreachable("\(error)")]
            }
            return (try? await findings(other)) ?? [.unreachable("\(error)")]
        }
    }

    private func findings(_ healthChecks: PostgresHealthChecks) async throws -> [Finding] {
        let before = System.milliseconds()
        let facts = try healthChecks.facts()
        let after = System.milliseconds()
        return [
            .connection(facts, isEncrypted: healthChecks.isEncrypted),
            .writable(facts),
            .role(facts),
            await finding("superuser") { .superuser(try healthChecks.deploymentFacts()) },
            await finding("demo") { .demoAccounts(try healthChecks.deploymentFacts()) },
            await finding("schema") { .schema(try await Migrator(configuration, files: Migrations.files).status()) },
            await finding("guard") { .oneOpenIndex(try healthChecks.oneOpenIndexState()) },
            await finding("duplicates") { .duplicates(try healthChecks.duplicates(limit: Self.duplicatesMax)) },
            await finding("currencies") { .currencies(try healthChecks.currencies()) },
            .clock(skew: facts.clock - (before + after) / 2, uncertainty: (after - before) / 2),
            .connections(facts, configuration),
            .libpq(version: BlockingConnection.libpqVersion),
        ]
    }

    /// The result of a check, or that the check itself failed.
    private func finding(_ name: String, _ check: () async throws -> Finding) async -> Finding {
        do {
            return try await check()
        } catch {
            return .unknown(name, error)
        }
    }
}
