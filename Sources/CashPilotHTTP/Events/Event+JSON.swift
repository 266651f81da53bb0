import CashPilot

extension JSONWriter {
    /// Writes an event of the feed.
    mutating func feedEvent(_ event: FeedEvent) {
        object { json in
            json.member("position", event.position)
            json.member("type", event.action)
            json.member("audit_event_id", event.id)
            json.member("occurred_at", event.occurredAt)
            json.member("business_id", event.business)
            json.member("session_id", event.session)
            json.member("cashier_id", event.cashier)
            json.member("actor_id", event.actor)
            json.member("actor_name", event.actorName)
        }
    }

    /// Writes a page of the feed, with where the next one begins.
    mutating func feedPage(_ page: FeedPage) {
        object { json in
            json.name("items")
            json.array(page.events) { $0.feedEvent($1) }
            json.member("next_after", page.next)
        }
    }
}
