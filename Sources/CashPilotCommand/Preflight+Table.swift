import CashPilot

extension Preflight {
    /// For people: a line for each session, the one to keep first.
    var table: String {
        guard !slots.isEmpty else { return "No cashier has more than one open session in a business." }
        var rows = [["proposal", "business", "cashier", "number", "opened", "last activity", "session"]]
        for slot in slots {
            rows.append(Self.row("keep", slot, slot.keep))
            rows += slot.end.map { Self.row("end", slot, $0) }
        }
        var lines = [Table.text(rows)]
        let hidden = slots.reduce(0) { $0 + $1.openSessions - 1 - $1.end.count }
        if hidden > 0 { lines.append("and \(hidden) more sessions to end of these cashiers") }
        if hasMore { lines.append("and more cashiers: these are the first \(slots.count)") }
        return lines.joined(separator: "\n")
    }

    private static func row(_ proposal: String, _ slot: DuplicateSlot, _ session: DuplicateSession) -> [String] {
        [
            proposal, slot.businessName, slot.cashierName, "\(session.number)", session.openedAt.text,
            session.lastActivityAt.text, "\(session.id)",
        ]
    }
}
