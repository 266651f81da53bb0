import CashPilot

extension JSONWriter {
    /// Writes an audit event, with the stored values before and after the change.
    mutating func auditEvent(_ event: AuditEvent) {
        object { json in
            json.member("id", event.id)
            json.member("business_id", event.business)
            json.member("occurred_at", event.occurredAt)
            json.member("action", event.action)
            json.member("actor_id", event.actor)
            json.member("actor_name", event.actorName)
            json.member("cashier_id", event.cashier)
            json.member("session_id", event.session)
            json.member("request_id", event.requestID)
            json.member("terminal_id", event.terminal)
            json.member("reason", event.reason)
            json.name("before")
            json.value(json: event.before ?? "null")
            json.name("after")
            json.value(json: event.after ?? "null")
        }
    }

    /// Writes a conflict record, which counts identical conflicts.
    mutating func conflict(_ conflict: OpenConflict) {
        object { json in
            json.member("id", conflict.id)
            json.member("business_id", conflict.business)
            json.member("cashier_id", conflict.cashier)
            json.member("cashier_name", conflict.cashierName)
            json.member("caller_id", conflict.caller)
            json.member("caller_name", conflict.callerName)
            json.member("session_id", conflict.session)
            json.name("session_number")
            if let number = conflict.sessionNumber { json.value(number) } else { json.null() }
            json.member("minute", conflict.minute)
            json.member("first_at", conflict.firstAt)
            json.member("last_at", conflict.lastAt)
            json.member("times", conflict.times)
        }
    }
}
