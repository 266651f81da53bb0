import ArgumentParser
import CashPilot
import CashPilotPostgres

/// `cashpilot audit`: verifies the audit trail.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit trail as evidence.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prove that no audit event was altered or removed, or name the first that was.",
            discussion: """
                Works every seal out again and prints where each business's chain ends. Keep those lines elsewhere: \
                with --expect-head, a later run shows that what they vouch for still stands. Changes nothing, and may \
                run while the shop sells. Exit status 0 if all is well, 2 if not, 1 if it could not be found out.
                """)

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print the findings as JSON.") var json = false
        @Option(help: "Verify only this business.") var business: BusinessID?
        @Option(help: "A head that an earlier run printed; may be repeated.") var expectHead: [AuditHead] = []

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
