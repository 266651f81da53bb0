import CashPilot

extension JSONWriter {
    /// Writes what stands in the guard's way.
    mutating func preflight(_ report: Preflight) {
        object { json in
            json.name("items")
            json.array(report.slots) { $0.duplicate($1) }
            json.member("has_more", report.hasMore)
        }
    }

    private mutating func duplicate(_ slot: DuplicateSlot) {
        object { json in
            json.member("business_id", slot.business)
            json.member("business_name", slot.businessName)
            json.member("cashier_id", slot.cashier)
            json.member("cashier_name", slot.cashierName)
            json.member("open_sessions", Int64(slot.openSessions))
            json.name("keep")
            json.duplicate(slot.keep)
            json.name("end")
            json.array(slot.end) { $0.duplicate($1) }
        }
    }

    private mutating func duplicate(_ session: DuplicateSession) {
        object { json in
            json.member("id", session.id)
            json.member("session_number", session.number)
            json.member("opened_at", session.openedAt)
            json.member("last_activity_at", session.lastActivityAt)
        }
    }
}

extension Preflight {
    /// As `GET /v1/admin/preflight` answers it.
    package var json: String {
        var writer = JSONWriter(capacity: 1_024)
        writer.preflight(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
