import ArgumentParser
import CashPilot
import CashPilotPostgres
import Glibc
import Synchronization

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Verify the audit trail.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify that no audit event was altered, and that audited rows are as their events say.",
            discussion: """
                Recomputes every seal and prints the head of each business's chain. Keep the heads outside the \
                database: with --expect-head, a later run verifies that the chains still contain them. Counts the \
                events that `cashpilot user erase` redacted. Compares every session, user, business, assignment and \
                credential with the state that its audit events imply. Changes nothing, and can run while tills work. \
                Exit status 0 if all is intact. 2 if it is not, if an event has waited for its seal for more than a \
                minute, or if nothing was checked. 1 if the verification could not be completed.
                """)

        @OptionGroup var flags: DatabaseFlags
        @Flag(help: "Print the findings as JSON.") var json = false
        @Option(help: "Verify only this business.") var business: BusinessID?
        @Option(help: "A head that an earlier run printed. Repeatable.") var expectHead: [AuditHead] = []

        func run() async throws {
            var output = AuditOutput(isJSON: json)
            let progress = AuditProgress()
            let (reports, rows) = try await withDatabase(flags.configuration()) { database in
                let verifier = AuditVerifier(
                    store: PostgresAuditChainStore(database: database), onProgress: progress.add)
                var reports: [AuditVerifier.Report] = []
                try await verifier.verify(only: business, expecting: expectHead) { reports.append($0) }
                let rows = RowVerifier(
                    store: PostgresAuditedRowStore(database: database), onProgress: progress.add)
                return (reports, try await rows.verify(only: business))
            }
            progress.finish()
            for report in reports { output.add(report) }
            for report in rows { output.add(report) }
            try output.finish()
            if !output.isSound { throw ExitCode(2) }
        }
    }
}

extension AuditHead: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument[...]) }
}

/// Shows the progress of a long verification, only if standard error is a terminal.
final class AuditProgress: Sendable {
    private struct State: Sendable {
        var rows = 0
        var shownAt: ContinuousClock.Instant?
    }

    /// A shorter verification shows no progress.
    private static let patience = Duration.seconds(1)
    private static let pause = Duration.milliseconds(200)

    private let start = ContinuousClock.now
    private let isTerminal = isatty(2) == 1
    private let state = Mutex(State())

    func add(_ rows: Int) {
        guard isTerminal else { return }
        let now = ContinuousClock.now
        state.withLock { state in
            state.rows += rows
            guard now - start > Self.patience, now - (state.shownAt ?? start) > Self.pause else { return }
            state.shownAt = now
            System.say("\r\(state.rows) rows verified")
        }
    }

    /// Clears the progress line for the next output.
    func finish() {
        state.withLock { state in
            if state.shownAt != nil { System.say("\r\u{1B}[K") }
        }
    }
}
