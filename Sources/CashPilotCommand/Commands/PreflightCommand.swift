import ArgumentParser
import CashPilot
import CashPilotHTTP
import CashPilotPostgres
import Glibc
import Postgres

struct PreflightCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preflight",
        abstract: "List cashiers with more than one open session in a business, and propose which session to keep.",
        discussion: """
            The proposal keeps the session that was opened or changed last. Without --apply, nothing changes. With it, \
            the other sessions become ENDED, so that they can still be counted and closed. Exit status 0 if there are \
            no duplicates, otherwise 2.
            """)

    @OptionGroup var flags: DatabaseFlags
    @Flag(help: "Print JSON instead of a table.") var json = false
    @Flag(help: "End all sessions except those to keep, each with an audit event.") var apply = false
    @Flag(help: "Skip the confirmation of --apply. Required if standard input is not a terminal.") var yes = false
    @Option(
        name: .customLong("as"),
        help: "With --apply: the email address of the administrator to record as the actor.")
    var email: String?

    func validate() throws {
        guard apply || (!yes && email == nil) else { throw ValidationError("--yes and --as require --apply.") }
    }

    func run() async throws {
        let isClear = try await withDatabase(flags.configuration()) { database in
            let preflight = PreflightService(store: PostgresPreflightStore(database: database), ids: System.ids)
            let actor = try await actor(in: database)
            let report = try await withProgress("finding duplicates") { try await preflight.report() }
            if !json || !apply { print(json ? PrintedJSON.text(report) : report.table) }
            guard apply, !report.duplicates.isEmpty else {
                if json, apply { print(Outcome(ended: 0, left: report).json) }
                return report.duplicates.isEmpty
            }
            try confirm(report)
            let outcome = try await withProgress("ending sessions") {
                Outcome(ended: try await preflight.apply(by: actor), left: try await preflight.report())
            }
            await sealEvents(in: database)
            print(json ? outcome.json : outcome.text)
            return outcome.left.duplicates.isEmpty
        }
        if !isClear { throw ExitCode(2) }
    }

    private func actor(in database: Database) async throws -> UserID? {
        guard let email else { return nil }
        let account = try await PostgresAccountStore(database: database).account(email: CanonicalText.email(email))
        guard let account, account.isActive, account.user.role == .admin else {
            throw ValidationError("--as: no active administrator has the address \(email).")
        }
        return account.user.id
    }

    private func confirm(_ report: Preflight) throws {
        guard !yes else { return }
        guard isatty(0) == 1 else { throw ValidationError("Not a terminal: pass --yes to end the listed sessions.") }
        System.say("End the sessions marked \"end\"? They can still be counted and closed. [y/N] ")
        guard ["y", "yes"].contains(readLine()?.lowercased()) else {
            print("Nothing was changed.")
            throw ExitCode(2)
        }
    }

    private struct Outcome {
        let ended: Int
        let left: Preflight

        var json: String { #"{"ended":\#(ended),"left":\#(PrintedJSON.text(left))}"# }

        var text: String {
            left.duplicates.isEmpty
                ? "Ended \(ended). No cashier has more than one open session in a business now."
                : "Ended \(ended). Remaining duplicates:\n\(left.table)"
        }
    }
}

extension Preflight {
    /// A table with one line for each session, the one to keep first.
    var table: String {
        guard !duplicates.isEmpty else { return "No cashier has more than one open session in a business." }
        var rows = [["proposal", "business", "cashier", "number", "opened", "last activity", "session"]]
        for duplicate in duplicates {
            rows.append(Self.row("keep", duplicate, duplicate.keep))
            rows += duplicate.end.map { Self.row("end", duplicate, $0) }
        }
        var lines = [Table.text(rows)]
        let hidden = duplicates.reduce(0) { $0 + $1.openSessions - 1 - $1.end.count }
        if hidden > 0 { lines.append("\(hidden) more sessions of these cashiers, also to end, are not listed.") }
        if hasMore { lines.append("More cashiers have duplicates. The table lists the first \(duplicates.count).") }
        return lines.joined(separator: "\n")
    }

    private static func row(_ proposal: String, _ duplicate: DuplicateOpenSessions, _ session: DuplicateSession)
        -> [String]
    {
        [
            proposal, duplicate.businessName, duplicate.cashierName, "\(session.number)",
            session.openedAt.text,
            session.lastActivityAt.text, "\(session.id)",
        ]
    }
}
