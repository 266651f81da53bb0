import ArgumentParser
import CashPilot
import CashPilotHTTP

/// `cashpilot sessions`: the sessions of a running service, from wherever it can be reached.
struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "Cash sessions of a running service, over HTTP with an API key.",
        discussion: """
            Needs no database: only the service's address, and a key (`cashpilot key create`) in CASHPILOT_KEY or in a \
            file, never on the command line, which others can read. What is seen and done is what the key's user may. \
            Exit status 1 if the service refuses, or does not answer after three tries.
            """, subcommands: [List.self, Show.self, Close.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List sessions, newest first: id, state, opened, cashier, business, float.")

        @OptionGroup var service: ServiceFlags
        @Option(help: "Only this business's.") var business: BusinessID?
        @Option(help: "Only this cashier's.") var cashier: UserID?
        @Option(help: "Only those in this state: OPEN, ENDED or CLOSED.") var status: Session.Status?
        @Flag(help: "Only those that are open for longer than their business allows.") var stale = false
        @Option(help: "How many at the most, 1–100000; if there are more, it is said on standard error.") var limit =
            100
        @Flag(help: "Print a JSON object a line.") var json = false

        func validate() throws {
            guard (1...100_000).contains(limit) else { throw ValidationError("--limit: 1–100000") }
        }

        func run() async throws {
            try await ServiceClient.with(service.configuration()) { client in
                var left = limit
                var cursor = JSONTree.null
                repeat {
                    let page = try await client.get(path(upTo: min(left, 200), after: cursor))
                    let sessions = page["items"].items
                    if !sessions.isEmpty { print(json ? lines(sessions) : Table.text(sessions.map(\.row))) }
                    left -= sessions.count
                    cursor = page["next_cursor"]
                } while cursor != .null && left > 0
                if cursor != .null { System.say("sessions: there are more; --limit says how many are listed\n") }
            }
        }

        private func lines(_ sessions: [JSONTree]) -> String { sessions.map(\.json).joined(separator: "\n") }

        private func path(upTo limit: Int, after cursor: JSONTree) -> String {
            let filters: [(String, String?)] = [
                ("limit", "\(limit)"), ("cashier_id", cashier.map { "\($0)" }), ("status", status?.rawValue),
                ("stale", stale ? "true" : nil), ("cursor", cursor == .null ? nil : cursor.text),
            ]
            let query = filters.compactMap { name, value in value.map { "\(name)=\($0)" } }.joined(separator: "&")
            return "\(business.map { SessionLink.list(in: $0) } ?? "/v1/sessions")?\(query)"
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show all that is known of a session.")

        @OptionGroup var service: ServiceFlags
        @Argument(help: "The session's id.") var id: SessionID
        @Option(help: "Its business.") var business: BusinessID
        @Flag(help: "Print the session as JSON.") var json = false

        func run() async throws {
            let session = try await ServiceClient.with(service.configuration()) { client in
                try await client.get(SessionLink.one(id, in: business))
            }
            print(json ? session.json : session.sheet)
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close a session, with its count or by force.",
            discussion: """
                With --final-cash it is counted and closed. With --reason it is closed by force, which is for \
                administrators, and the count may be missing. It is done once, however often the request must be sent.
                """)

        @OptionGroup var service: ServiceFlags
        @Argument(help: "The session's id.") var id: SessionID
        @Option(help: "Its business.") var business: BusinessID
        @Option(help: "The cash counted in the drawer, in the minor unit of the session's currency.") var finalCash:
            Int64?
        @Option(help: "Why it is closed by force.") var reason: String?
        @Flag(help: "Print the session as JSON.") var json = false

        func validate() throws {
            guard finalCash != nil || reason != nil else {
                throw ValidationError("--final-cash, --reason or both are needed")
            }
            guard finalCash.map(Money.accepted.contains) ?? true else {
                throw ValidationError("--final-cash: \(Money.accepted.lowerBound)–\(Money.accepted.upperBound)")
            }
        }

        func run() async throws {
            var body: [String: JSONTree] = [:]
            if let finalCash { body["final_cash"] = .integer(finalCash) }
            if let reason { body["reason"] = .string(reason) }
            let action: SessionAction = reason == nil ? .close : .forceClose
            let session = try await ServiceClient.with(service.configuration()) { [body] client in
                try await client.post(SessionLink.action(action, on: id, in: business), body)
            }
            print(json ? session.json : Table.text([session.row]))
        }
    }
}

extension JSONTree {
    /// A session among others.
    fileprivate var row: [String] {
        [
            self["id"].text, self["status"].text + (self["stale"] == .bool(true) ? " stale" : ""),
            self["opened_at"].text, self["cashier_id"].text, self["business_id"].text,
            "\(self["initial_cash"].text) \(self["currency"].text)",
        ]
    }

    /// A session alone.
    fileprivate var sheet: String { Table.text(leaves.map { [$0.path, $0.text] }) }
}

extension Session.Status: ExpressibleByArgument {}
