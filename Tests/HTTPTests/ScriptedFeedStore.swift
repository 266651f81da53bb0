import CashPilot

/// A feed of three events, whose texts do all that texts may do.
struct ScriptedFeedStore: FeedStore {
    static let name = "Ana \"la\" Ñ\r\ndata: x\n\nid: 9\u{2028}"
    static let head: Int64 = 7

    static func event(at position: Int64) -> FeedEvent {
        FeedEvent(
            position: position, id: AuditEventID(high: 7, low: 7), occurredAt: Sample.openedAt, action: "session.close",
            business: Sample.business, session: Sample.session, cashier: Sample.ana, actor: Sample.ana,
            actorName: name)
    }

    func events(after position: Int64?, limit: Int, for caller: UserID) async throws -> FeedPage? {
        let events = [2, 3, 5].filter { $0 > position ?? Self.head }.prefix(limit).map(Self.event)
        return FeedPage(events: Array(events), head: Self.head, limit: limit, role: .cashier)
    }

    func news(after position: Int64?, limit: Int) async throws -> FeedNews {
        FeedNews(position: Self.head, isWaiting: false, cashiers: [])
    }

    func place(limit: Int) async throws -> Int? { 0 }
}
