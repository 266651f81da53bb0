import CashPilot
import HummingbirdCore
import JSON

struct EventRoutes {
    let service: EventLogService

    /// `GET /v1/events` → 200. `Accept` selects a page of the event log or a stream of events.
    func list(_ request: Request, context: APIContext) async throws -> Response {
        var (query, headers) = (try QueryReader(request), HeaderReader(request.headers))
        // A reconnecting client sends its position in the header. Its URL still has the first position.
        let (begin, last) = (query.position("after"), headers.lastEventID())
        let limit = query.limit()
        try query.check(headers.faults)
        let position = last ?? begin
        let caller = try context.caller()
        guard headers.wantsStream, request.method != .head else {
            let page = try await service.events(after: position, limit: limit, for: caller)
            return .json(.ok, .revalidated) { $0.eventLogPage(page) }
        }
        // Subscribes before reading, so that an event between the two steps wakes the stream.
        let subscriber = try service.subscribers.join(caller, cut: context.connection.cut)
        context.connection.whenHungUp { [weak subscriber] in subscriber?.end() }
        let first = try await service.events(after: position, limit: limit, for: caller)
        let stream = EventStream(service: service, subscriber: subscriber, caller: caller, limit: limit)
        return Response(
            status: .ok, headers: EventStream.headers,
            body: ResponseBody { try await stream.write(to: &$0, from: position ?? first.next, first) })
    }
}

extension JSONWriter {
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

    mutating func eventLogPage(_ page: EventLogPage) {
        object { json in
            json.name("items")
            json.array(page.events) { $0.eventLogEntry($1) }
            json.member("next_after", page.next)
        }
    }
}
