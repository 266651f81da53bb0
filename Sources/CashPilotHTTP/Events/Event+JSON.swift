import CashPilot

extension JSONWriter {
    /// Writes one event of the event log.
    mutating func eventLogEntry(_ event: EventLogEntry) {
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

    /// Writes a page of the event log, with the position of the next page.
    mutating func eventLogPage(_ page: EventLogPage) {
        object { json in
            json.name("items")
            json.array(page.events) { $0.eventLogEntry($1) }
            json.member("next_after", page.next)
        }
    }
}
