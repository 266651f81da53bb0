import CashPilot

/// An event log of three events, whose texts contain line breaks, quotes and fields of a stream.
struct ScriptedEventLogStore: EventLogStore {
    static let name = "Ana \"la\" Ñ\r\ndata: x\n\nid: 9\u{2028}"
    static let head: Int64 = 7

    static func event(at position: Int64) -> EventLogEntry {
        EventLogEntry(
            position: position, id: AuditEventID(high: 7, low: 7), occurredAt: Sample.openedAt, action: "session.close",
            business: Sample.business, session: Sample.session, cashier: Sample.ana, actor: Sample.ana,
            actorName: name)
    }

    func events(after position: Int64?, limit: Int, for caller: Caller) async throws -> EventLogPage? {
        let events = [2, 3, 5].filter { $0 > position ?? Self.head }.prefix(limit).map(Self.event)
        return EventLogPage(events: Array(events), first: 1, head: Self.head, limit: limit, role: .cashier)
    }

    func news(after position: Int64?, limit: Int) async throws -> EventLogNews {
        EventLogNews(position: Self.head, isWaiting: false, cashiers: [])
    }

    func place(limit: Int) async throws -> Int? { 0 }
}
