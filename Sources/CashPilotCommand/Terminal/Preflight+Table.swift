import CashPilot

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
