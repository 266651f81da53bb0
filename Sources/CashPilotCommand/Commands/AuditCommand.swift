import ArgumentParser
import CashPilot
import CashPilotPostgres

/// `cashpilot audit`: verifies the audit trail.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Verify the audit trail.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify that no audit event was altered or removed, or name the first that was.",
            discussion: """
                Recomputes every seal and prints the head of each business's chain. Keep the heads outside the \
                database: with --expect-head, a later run verifies that the chains still contain them. Changes \
                nothing, and can run while tills work. Exit status 0 if the trail is intact, 2 if it is not, 1 if the \
                verification could not be completed.
                """)

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print the findings as JSON.") var json = false
        @Option(help: "Verify only this business.") var business: BusinessID?
        @Option(help: "A head that an earlier run printed. Repeatable.") var expectHead: [AuditHead] = []

        func run() async throws {
            var output = AuditOutput(isJSON: json)
            let progress = AuditProgress()
            let reports = try await withDatabase(flags.configuration()) { database in
                let verifier = AuditVerifier(
                    store: PostgresAuditChainStore(database: database), onProgress: progress.add)
                var reports: [AuditVerifier.Report] = []
                try await verifier.verify(only: business, expecting: expectHead) { reports.append($0) }
                return reports
            }
            progress.finish()
            for report in reports { output.add(report) }
            try output.finish()
            if !output.isSound { throw ExitCode(2) }
        }
    }
}

extension AuditHead: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument[...]) }
}
