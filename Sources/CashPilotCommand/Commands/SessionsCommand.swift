import ArgumentParser
import CashPilot
import CashPilotHTTP

struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "List, show and close cash sessions as an administrator.",
        discussion: """
            Connects to PostgreSQL directly, not to a running service. --as names an active administrator, whom the \
            audit trail records as the actor of a close. Operators who can reach only the API use curl with an API \
            key. Exit status 1 if a rule refuses the command.
            """, subcommands: [List.self, Show.self, Close.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List sessions, newest first: id, state, opened, cashier, business, float.")

        @OptionGroup var flags: AdministratorFlags
        @Option(help: "Only sessions of this business.") var business: BusinessID?
        @Option(help: "Only sessions of this cashier.") var cashier: UserID?
        @Option(help: "Only the session that another system gave this id.") var externalID: String?
        @Option(help: "Only sessions with this terminal_id.") var terminalID: String?
        @Option(help: "Only sessions in this state: OPEN, ENDED or CLOSED.") var status: Session.Status?
        @Flag(help: "Only sessions that have been open for longer than their business allows.") var stale = false
        @Flag(help: "Only sessions that ended without a count.") var uncounted = false
        @Flag(help: "Only closed sessions that nobody counted, or whose count was corrected.") var needsReview = false
        @Option(help: "Maximum number of sessions, 1–100000. A note on standard error says if more match.") var limit =
            100
        @Flag(help: "Print one JSON object per line.") var json = false

        mutating func validate() throws {
            externalID = try externalID.map { try TextRule.externalID.checked($0, of: "--external-id") }
            terminalID = try terminalID.map { try TextRule.terminal.checked($0, of: "--terminal-id") }
            guard (1...100_000).contains(limit) else { throw ValidationError("--limit must be 1–100000") }
        }

        func run() async throws {
            var query = SessionQuery()
            query.status = status
            query.cashier = cashier
            query.externalID = externalID
            query.terminal = terminalID
            query.isStale = stale ? true : nil
            query.isUncounted = uncounted
            query.needsReview = needsReview ? true : nil
            try await flags.run { [query] administration, administrator in
                var remaining = limit
                var cursor: Cursor<Session>?
                repeat {
                    let page = try await administration.services.sessions.list(
                        query, in: business, after: cursor, limit: min(remaining, 200), for: administrator)
                    if !page.items.isEmpty { print(try text(page.items)) }
                    remaining -= page.items.count
                    cursor = page.next
                } while cursor != nil && remaining > 0
                if cursor != nil { System.say("sessions: more sessions match; raise --limit to list them\n") }
            }
        }

        private func text(_ sessions: [SessionView]) throws -> String {
            guard json else { return Table.text(sessions.map(\.session.row)) }
            return try sessions.map { try PrintedJSON.text($0) }.joined(separator: "\n")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show every field of a session.")

        @OptionGroup var flags: AdministratorFlags
        @Argument(help: "The session's id.") var id: SessionID
        @Option(help: "Its business.") var business: BusinessID
        @Flag(help: "Print the session as JSON.") var json = false

        func run() async throws {
            let session = try await flags.run { administration, administrator in
                try await administration.services.sessions.session(id, in: business, for: administrator)
            }
            let text = try PrintedJSON.text(session)
            print(json ? text : Table.text(try JSONTree(parsing: text).leaves.map { [$0.path, $0.text] }))
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a session, with its count or by force.",
            discussion: """
                --final-cash closes the session with its count. --reason closes it by force; the count may then be \
                missing. An amount that is left out stays as it was entered before, or 0.
                """)

        @OptionGroup var flags: AdministratorFlags
        @Argument(help: "The session's id.") var id: SessionID
        @Option(help: "Its business.") var business: BusinessID
        @OptionGroup(title: "The count, with amounts in the minor unit of the session's currency") var count:
            CountOptions
        @Option(help: "Why the session is closed by force.") var reason: String?
        @Flag(help: "Print the session as JSON.") var json = false

        mutating func validate() throws {
            guard count.finalCash != nil || reason != nil else {
                throw ValidationError("--final-cash, --reason or both are required")
            }
            reason = try reason.map { try TextRule.reason.checked($0, of: "--reason") }
        }

        func run() async throws {
            let session = try await flags.run { administration, administrator in
                try await close(in: administration, as: administrator).value
            }
            print(json ? try PrintedJSON.text(session) : Table.text([session.session.row]))
        }

        private func close(
            in administration: Administration, as administrator: Caller
        ) async throws -> ChangeResult<SessionView> {
            guard let reason else {
                return try await administration.services.sessions.close(
                    CloseRequest(
                        caller: administrator, business: business, session: id, count: count.entry, notes: count.notes))
            }
            return try await administration.services.changes.forceClose(
                ChangeTarget(caller: administrator, business: business, session: id), count: count.entry,
                notes: count.notes, reason: reason)
        }
    }
}

/// The fields of a count. The API accepts the same values.
struct CountOptions: ParsableArguments {
    @Option(help: "The cash counted in the drawer.") var finalCash: Int64?
    @Option(help: "The cash sales according to the till.") var declaredCashSales: Int64?
    @Option(help: "Cash that was taken out of the drawer in an envelope.") var envelopeAmount: Int64?
    @Option(help: "Expenses that were paid from the drawer.") var expenses: Int64?
    @Option(help: "Cash that customers paid for earlier credit sales.") var creditPaymentsCollected: Int64?
    @Option(help: "Card sales.") var cardTotal: Int64?
    @Option(help: "Sales that were paid by bank transfer.") var bankTransferTotal: Int64?
    @Option(help: "Sales on credit.") var creditSalesTotal: Int64?
    @Option(help: "The number of the till's closing ticket.") var closingTicket: String?
    @Option(help: "Notes, which replace those of the session.") var notes: String?

    mutating func validate() throws {
        for (amount, option) in [
            (finalCash, "--final-cash"), (declaredCashSales, "--declared-cash-sales"),
            (envelopeAmount, "--envelope-amount"), (expenses, "--expenses"),
            (creditPaymentsCollected, "--credit-payments-collected"), (cardTotal, "--card-total"),
            (bankTransferTotal, "--bank-transfer-total"), (creditSalesTotal, "--credit-sales-total"),
        ] {
            guard amount.map(Money.accepted.contains) ?? true else {
                throw ValidationError("\(option) must be \(Money.accepted.lowerBound)–\(Money.accepted.upperBound)")
            }
        }
        closingTicket = try closingTicket.map { try TextRule.closingTicket.checked($0, of: "--closing-ticket") }
        notes = try notes.map { try TextRule.notes.checked($0, of: "--notes") }
    }

    /// The count without its notes.
    var entry: CountEntry {
        func money(_ amount: Int64?) -> Money? { amount.map { Money(minorUnits: $0) } }
        var entry = CountEntry(finalCash: money(finalCash))
        entry.cardTotal = money(cardTotal)
        entry.bankTransferTotal = money(bankTransferTotal)
        entry.envelopeAmount = money(envelopeAmount)
        entry.expenses = money(expenses)
        entry.creditSalesTotal = money(creditSalesTotal)
        entry.creditPaymentsCollected = money(creditPaymentsCollected)
        if let declaredCashSales { entry.declaredCashSales = .with(Money(minorUnits: declaredCashSales)) }
        if let closingTicket { entry.closingTicket = .with(closingTicket) }
        return entry
    }
}

struct AdministratorFlags: ParsableArguments {
    @OptionGroup var database: DatabaseFlags
    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("The email address of the administrator who acts.", valueName: "email"))
    var administrator: String

    /// Runs `work` on the database with a login of the administrator, which ends with the command.
    ///
    /// - Throws: ``CommandError`` if the address has no active administrator, or for a domain error.
    func run<Result: Sendable>(
        _ work: @Sendable (Administration, Caller) async throws -> Result
    ) async throws -> Result {
        try await Administration.change(database) { administration in
            try await administration.asAdministrator(email: administrator) { try await work(administration, $0) }
        }
    }
}

extension Session {
    fileprivate var row: [String] {
        [
            "\(id)", status.rawValue + (isStale ? " stale" : isCountOverdue ? " overdue" : ""),
            openedAt.text, "\(cashier)", "\(business)", "\(initialCash.minorUnits) \(currency)",
        ]
    }
}

extension Session.Status: ExpressibleByArgument {}
